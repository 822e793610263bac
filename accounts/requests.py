"""A request as our views know it: `accounts.middleware.SignInRequired` and the API's permissions let nobody else in.

What may be asked of a page in its URL is named once, beside its view, by `asks`; anything else is refused by name.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from django.http import HttpRequest, QueryDict
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from rest_framework.request import Request

from accounts.errors import Invalid, Reasons, enumerated, sayable
from accounts.models import User

View = TypeVar("View", bound=Callable[..., Any])
Kept = TypeVar("Kept", bound=HttpResponseBase)


class SignedInRequest(HttpRequest):
    user: User


class SignedInApiRequest(Request):
    user: User


def signed_in(request: HttpRequest) -> User:
    """Who asks, where a method of Django's, which does not know, has to take any request."""
    if not isinstance(request.user, User):
        raise TypeError(f"nobody has signed in at {request.path}")
    return request.user


def asks(*names: str) -> Callable[[View], View]:
    """Names the query parameters of a view; without names it takes none. A class of the API: `asks = (…)`."""

    def named(view: View) -> View:
        view.asks = names  # type: ignore[attr-defined]
        return view

    return named


def takes(most_bytes: Callable[[], int], refuse: Callable[[int], Exception]) -> Callable[[View], View]:
    """How many bytes a page takes: more is refused by what the request says of its length, before any is read."""

    def named(view: View) -> View:
        view.takes = (most_bytes, refuse)  # type: ignore[attr-defined]
        return view

    return named


def kept_for(response: Kept, seconds: int) -> Kept:
    """An answer that is nobody's secret: the browser may keep it so long, 0 to ask each time whether it has changed."""
    kept = f"max-age={seconds}" if seconds else "no-cache"
    response.headers["Cache-Control"] = f"private, {kept}"
    response.no_secret = True  # type: ignore[attr-defined]
    return response


def asked_of(view: Callable[..., Any]) -> tuple[str, ...]:
    """The query parameters of a view: its own, or those of the API class it was made of."""
    found: tuple[str, ...] = getattr(view, "asks", getattr(getattr(view, "cls", None), "asks", ()))
    return found


class NotUnderstood(Invalid):
    """A question with parameters that nobody here reads: `unknown` names them."""

    def __init__(self, errors: Reasons, unknown: list[str]):
        super().__init__(errors)
        self.extra = {"unknown": unknown}


def refuse_unknown(query: QueryDict, accepted: tuple[str, ...]) -> None:
    """Raise NotUnderstood for parameters that are not accepted, or that say two things at once.

    A question that is read in part would be answered as another one, and nobody would know.
    """
    unknown = [name for name in query if name not in accepted]
    known = enumerated(accepted)
    says = _("这里没有“%(name)s”这个查询条件，可用：%(known)s。") if known else _("这里没有“%(name)s”这个查询条件。")
    errors = {name: [says % {"name": name[:40], "known": known}] for name in unknown}
    for name in accepted:
        if len(query.getlist(name)) > 1:
            errors[name] = [_("查询条件“%(name)s”只能给一次。") % {"name": name}]
    if errors:
        raise NotUnderstood(errors, unknown)


def one_of(name: str, given: str, accepted: Sequence[str]) -> str:
    """A parameter with few words, or "" when it is not given. Raises Invalid for another word."""
    if given and given not in accepted:
        said = {"given": given[:40], "known": enumerated(accepted)}
        raise Invalid({name: [_("“%(given)s”不可用，可用：%(known)s。") % said]})
    return given


def whole_number(given: str) -> int:
    """A whole number in ASCII digits, 0 for anything else."""
    return int(given) if given.isascii() and given.isdecimal() and len(given) < 10 else 0


def json_sent(text: str) -> Any:
    """What a page's own script sends as JSON; None for what is none. Half a character (an emoji that a field's length
    cut in two) is a question mark."""
    try:
        return sayable(json.loads(text))
    except (ValueError, RecursionError):
        return None


def page_asked(query: Mapping[str, str]) -> int:
    """The page of a list that is asked for, the first when none is. Raises Invalid for what is no number of a page."""
    given = query.get("page") or "1"
    number = whole_number(given)
    if not number:
        said = {"given": given[:40], "known": enumerated(["1", "2", "…"])}
        raise Invalid({"page": [_("“%(given)s”不可用，可用：%(known)s。") % said]})
    return number

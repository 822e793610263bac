"""Several visits at once, each answered by itself, as PUT visits/<id>/ would answer it."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.api_errors import api_exception_handler
from accounts.errors import Invalid, sayable
from accounts.models import User
from inspections import actions
from inspections.api import named, read_visit


def answers_to(by: User, bodies: Sequence[Any], *, must_name_inspectors: bool = False) -> list[dict[str, Any]]:
    """Of each {"id", "status", "receipt"} or {"id", "status", "error"}. A fault of ours is raised: no receipt is made
    up, and what is sent again is known."""
    read: dict[int, actions.Given | Exception] = {}
    for some in _in_turn(bodies):
        institutions = named({pk for place in some if (pk := _named_by(bodies[place])) is not None})
        for place in some:
            body = bodies[place]
            try:
                if must_name_inspectors and not _of(body).get("inspectors"):
                    raise Invalid({"inspectors": [_("文件里的走访须写明检查人员。")]})
                read[place] = read_visit(by, uuid_of(_of(body).get("id")), body, institutions)
            except Exception as problem:  # a refusal is the answer to this one; a fault of ours is raised by _answer
                read[place] = problem
        actions.take_visits([each for place in some if isinstance(each := read[place], actions.Given)], by=by)
    return [_answer(_of(body).get("id"), read[place]) for place, body in enumerate(bodies)]


def _in_turn(bodies: Sequence[Any]) -> list[list[int]]:
    """Places of those that can be read at once, then of those to an institution that one of these has found."""
    found = {_named_by(body) for body in bodies if _of(body).get("found")} - {None}
    later = [place for place, body in enumerate(bodies) if _named_by(body) in found and not _of(body).get("found")]
    at_once = [place for place in range(len(bodies)) if place not in later]
    return [at_once, later] if later else [at_once]


def _answer(id: Any, given: "actions.Given | Exception") -> dict[str, Any]:
    what = given.answer if isinstance(given, actions.Given) else given
    if isinstance(what, actions.Receipt):
        return {"id": str(what.id), "status": what.status, "receipt": what.as_json()}
    problem = what or RuntimeError("a visit without an answer")
    refused = api_exception_handler(problem, {})
    if refused is None:
        raise problem
    return {"id": sayable(id), "status": refused.status_code, "error": refused.data}


def _of(body: Any) -> dict[str, Any]:
    return body if isinstance(body, dict) else {}


def _named_by(body: Any) -> UUID | None:
    try:
        return UUID(_of(body).get("institution"))
    except (ValueError, TypeError, AttributeError):
        return None


def uuid_of(given: Any) -> UUID:
    """Raises Invalid for what is no UUID."""
    try:
        return UUID(given)
    except (ValueError, TypeError, AttributeError) as problem:
        raise Invalid({"id": [_("“%(given)s”不是 UUID。") % {"given": str(given)[:40]}]}) from problem

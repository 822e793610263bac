from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware, LoginRequiredMiddleware
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict, UnreadablePostError
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import Resolver404, resolve, reverse
from django.utils import translation
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from accounts import sessions
from accounts.errors import Refusal, UnknownDivision, Unusable, refusal_of
from accounts.requests import asked_of, refuse_unknown
from accounts.views import is_api, refused

Answering = Callable[..., HttpResponseBase]
ROOM_FOR_FIELDS = 64 * 1024  # of a form, beside its file
FORMS = ("application/x-www-form-urlencoded", "multipart/form-data")


def chosen_language(get_response: Answering) -> Answering:
    """Chinese unless the user chose another language with the switch: the browser's own language does not decide."""
    offered = dict(settings.LANGUAGES)

    def middleware(request: HttpRequest) -> HttpResponseBase:
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = language if language in offered else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    return middleware


def private_pages(get_response: Answering) -> Answering:
    """What a signed-in user was shown stays out of shared caches and of the back button after signing out.

    Whoever comes with a session or a token counts as signed in: no page waits for the database to be asked. Photos
    and files too, whatever a view says itself; but what is nobody's secret (`accounts.requests.kept_for`).
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        if getattr(response, "no_secret", False):
            return response
        if settings.SESSION_COOKIE_NAME in request.COOKIES or "Authorization" in request.headers:
            response.headers["Cache-Control"] = "private, no-store"
        return response

    return middleware


def refuse_too_long(get_response: Answering) -> Answering:
    """What is longer than its page takes (`accounts.requests.takes`) is refused before anybody reads it."""

    def middleware(request: HttpRequest) -> HttpResponseBase:
        length = str(request.META.get("CONTENT_LENGTH") or "")
        if request.method == "POST" and length.isdecimal() and int(length) > ROOM_FOR_FIELDS:
            try:
                most_bytes, refuse = getattr(resolve(request.path_info).func, "takes", (None, None))
            except Resolver404:
                most_bytes, refuse = None, None
            if most_bytes and refuse and int(length) > most_bytes() + ROOM_FOR_FIELDS:
                return refused(request, refuse(most_bytes()))
        return get_response(request)

    return middleware


def refuse_nul(get_response: Answering) -> Answering:
    """No text of ours holds NUL, and PostgreSQL takes none: said before any view or query meets it.

    JSON is the serializers' to check; other bodies, the photos of the API among them, are not read here.
    """

    def middleware(request: HttpRequest) -> HttpResponseBase:
        texts = [request.path, *request.COOKIES.values()]
        for fields in (request.GET, _form_of(request)):
            texts += [text for name, values in fields.lists() for text in (name, *values)]
        if any("\0" in text for text in texts):
            return refused(request, Unusable(_("网址或所填内容中有空字符（NUL），无法处理。请删去后重试。")))
        return get_response(request)

    return middleware


def _form_of(request: HttpRequest) -> QueryDict:
    if request.content_type not in FORMS or is_api(request):
        return QueryDict()
    try:
        return request.POST
    except UnreadablePostError:  # the connection broke: nobody is there to be told
        return QueryDict()


class SessionsThatEnd(AuthenticationMiddleware):
    """Who asks, found out when something wants to know it; nobody once their session is over."""

    def process_request(self, request: HttpRequest) -> None:
        super().process_request(request)
        request.user = SimpleLazyObject(lambda: sessions.user_of(request))  # type: ignore[assignment]


class SignInRequired(LoginRequiredMiddleware):
    """Everybody signs in, and does what has to be done first (`sessions.FIRST`) before anything else.

    A page that is open to all (livez, login) does not ask who it is first.
    """

    def process_view(
        self, request: HttpRequest, view_func: Answering, view_args: Any, view_kwargs: Any
    ) -> HttpResponseBase | None:
        if not getattr(view_func, "login_required", True):
            return None
        to_sign_in = super().process_view(request, view_func, view_args, view_kwargs)
        if to_sign_in is not None:
            return to_sign_in
        step = sessions.first_step(request)
        if not step or (request.resolver_match and request.resolver_match.view_name in {step, "logout"}):
            return None
        return redirect_to_login(sessions.way_back(request), reverse(step))

    def handle_no_permission(self, request: HttpRequest, view_func: Answering) -> HttpResponseRedirect:
        why = getattr(request, "why", "")
        sign_in = reverse("login") + (f"?why={why}" if why else "")
        return redirect_to_login(sessions.way_back(request), sign_in)


class RefusalPages:
    """A refusal that no view caught, and a full disk, become a page that says what is wrong, with its status."""

    def __init__(self, get_response: Answering):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, UnknownDivision):
            return render(request, "404.html", {"reason": exception.message}, status=404)
        refusal = refusal_of(exception)
        return refused(request, refusal) if refusal else None


class UnderstoodQuestions:
    """A question in the URL with a parameter that its page or API door does not read is refused, and names it.

    What may be asked is named beside each view (`accounts.requests.asks`). Pages that need no sign-in answer no
    question, and the administration reads its own.
    """

    def __init__(self, get_response: Answering):
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view_func: Answering, view_args: Any, view_kwargs: Any
    ) -> HttpResponse | None:
        ours = is_api(request) or getattr(view_func, "login_required", True)
        administered = request.resolver_match is not None and "admin" in request.resolver_match.app_names
        if not request.GET or request.method not in ("GET", "HEAD") or not ours or administered:
            return None
        try:
            refuse_unknown(request.GET, asked_of(view_func))
        except Refusal as refusal:
            return refused(request, refusal)
        return None

from django.conf import settings
from django.shortcuts import render
from django.utils import translation

from accounts.errors import Refusal, UnknownDivision


def chosen_language(get_response):
    """Chinese unless the user chose another language with the switch: the browser's own language does not decide."""
    offered = dict(settings.LANGUAGES)

    def middleware(request):
        language = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = language if language in offered else settings.LANGUAGE_CODE
        with translation.override(language):
            request.LANGUAGE_CODE = language
            response = get_response(request)
            response.headers.setdefault("Content-Language", language)
            return response

    return middleware


def private_pages(get_response):
    """What a signed-in user was shown stays out of shared caches and of the back button after signing out."""

    def middleware(request):
        response = get_response(request)
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "private, no-store")
        return response

    return middleware


class RefusalPages:
    """A refusal that no view caught becomes a page that says what is wrong, with its status."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        if isinstance(exception, UnknownDivision):
            return render(request, "404.html", status=404)
        if isinstance(exception, Refusal):
            return render(request, "refused.html", {"refusal": exception}, status=exception.status)
        return None

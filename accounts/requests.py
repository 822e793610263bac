"""A request as our views know it: `accounts.middleware.SignInRequired` and the API's permissions let nobody else in."""

from django.http import HttpRequest
from rest_framework.request import Request

from accounts.models import User


class SignedInRequest(HttpRequest):
    user: User


class SignedInApiRequest(Request):
    user: User


def signed_in(request: HttpRequest) -> User:
    """Who asks, where a method of Django's, which does not know, has to take any request."""
    if not isinstance(request.user, User):
        raise TypeError(f"nobody has signed in at {request.path}")
    return request.user

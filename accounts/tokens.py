"""Who asks the API: by the token in the Authorization header, or by the session of a page."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from accounts.sessions import FIRST, first_step


class BearerToken(TokenAuthentication):
    """knox's tokens; a header that cannot hold one (bytes that are no text, NUL) is a 401 and not a fault."""

    def authenticate_credentials(self, token: bytes) -> Any:
        if not token.isalnum():
            raise AuthenticationFailed(_("访问令牌只含字母和数字，请核对 Authorization 头。"))
        return super().authenticate_credentials(token)

    def _cleanup_token(self, auth_token: Any) -> bool:
        """An ended token is refused and deleted when it is used; knox would look at all of the user's each time."""
        if auth_token.expiry is None or auth_token.expiry >= timezone.now():
            return False
        return bool(super()._cleanup_token(auth_token))


class PageSession(SessionAuthentication):
    """The session of a page, which first does what has to be done first; a token is no part of that, see ADR 0020."""

    def authenticate(self, request: Any) -> Any:
        found = super().authenticate(request)
        if found and (step := first_step(request._request)):
            raise PermissionDenied(FIRST[step])
        return found


class PageSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]
    target_class = "accounts.tokens.PageSession"


class BearerTokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    target_class = "accounts.tokens.BearerToken"

"""Who asks the API: by the token in the Authorization header, or by the session of a page."""

from hmac import compare_digest
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from accounts.put_once import put_once
from accounts.sessions import FIRST, first_step


@put_once
def _beginning_with(key: str) -> QuerySet[AuthToken]:
    """Those that begin alike; which of them is given is told by its digest."""
    return AuthToken.objects.filter(token_key=key).select_related("user")


class BearerToken(TokenAuthentication):
    """knox's tokens; a header that cannot hold one (bytes that are no text, NUL) is a 401 and not a fault."""

    def authenticate_credentials(self, token: bytes) -> Any:
        if not token.isalnum():
            raise AuthenticationFailed(_("访问令牌只含字母和数字，请核对 Authorization 头。"))
        given = token.decode("ascii")
        for each in _beginning_with(given[: CONSTANTS.TOKEN_KEY_LENGTH]):
            if compare_digest(hash_token(given), each.digest) and not self._cleanup_token(each):
                return self.validate_user(each)
        raise AuthenticationFailed(_("没有这个访问令牌，或已停用。"))

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

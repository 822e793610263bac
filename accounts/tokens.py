"""Who asks, by the token in the Authorization header."""

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from rest_framework.exceptions import AuthenticationFailed


class BearerToken(TokenAuthentication):
    """knox's tokens; a header that cannot hold one (bytes that are no text, NUL) is a 401 and not a fault."""

    def authenticate_credentials(self, token: bytes) -> Any:
        if not token.isalnum():
            raise AuthenticationFailed(_("访问令牌只含字母和数字,请核对 Authorization 头。"))
        return super().authenticate_credentials(token)


class BearerTokenScheme(KnoxTokenScheme):  # type: ignore[no-untyped-call]
    target_class = "accounts.tokens.BearerToken"

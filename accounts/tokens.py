"""Who asks the API: by the token in the Authorization header, or by the session of a page.

Programs for maps know names and passwords only: to them alone a token is a password (`TokenAsPassword`).
"""

from hmac import compare_digest
from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.authentication import SessionScheme
from drf_spectacular.contrib.knox_auth_token import KnoxTokenScheme
from knox.auth import TokenAuthentication
from knox.crypto import hash_token
from knox.models import AuthToken
from knox.settings import CONSTANTS
from rest_framework.authentication import BasicAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied

from accounts import brakes
from accounts.errors import Refusal
from accounts.models import User
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


MOST_OF_A_NAME = 150  # characters, as User.username
WRONG = gettext_lazy("用户名或访问令牌不对。密码处填访问令牌，不是登录密码。")


class LockedOut(Refusal):
    """Too many wrong tokens under this name from this address, or from this address: as at the sign-in."""

    code = "locked_out"
    status = 429

    def __init__(self) -> None:
        wait = int(settings.AXES_COOLOFF_TIME.total_seconds())
        super().__init__(_("失败次数太多，已暂时锁定，请 %(minutes)s 分钟后再试。") % {"minutes": wait // 60})
        self.headers = {"Retry-After": str(wait)}


class TokenAsPassword(BasicAuthentication):
    """HTTP Basic with the user's name and, as password, one of their tokens: what QGIS and GDAL can be told to send.

    The password of the sign-in does not open anything here. What is wrong counts like a wrong password at the sign-in
    (accounts/brakes.py), for the same name and address, and locks both.
    """

    www_authenticate_realm = "access token"

    def authenticate_credentials(self, userid: str, password: str, request: Any = None) -> Any:
        asked, named = request._request, {"username": userid}
        if len(userid) > MOST_OF_A_NAME or not userid.isprintable():
            raise AuthenticationFailed(WRONG)
        if not AxesProxyHandler.is_allowed(asked, named):
            raise LockedOut
        try:
            user, token = BearerToken().authenticate_credentials(password.encode())
            if user.username == userid:
                return user, token
        except AuthenticationFailed:
            pass
        AxesProxyHandler.user_login_failed(sender=__name__, credentials=named, request=asked)
        brakes.note_failure(asked, User.objects.filter(username=userid).first(), "token")
        if getattr(asked, "axes_locked_out", False):
            asked.axes_locked_out = False  # said here: a page would be put in the place of the answer
            raise LockedOut
        raise AuthenticationFailed(WRONG)


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

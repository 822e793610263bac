"""May this user do this here? One call, the same for pages, API and commands."""

from typing import Any

from django.core.exceptions import PermissionDenied
from rest_framework.permissions import BasePermission

from accounts.errors import NO_PERMISSION
from accounts.models import User
from accounts.roles import Permission


def has_permission(user: User, permission: Permission, scope_code: str = "") -> bool:
    """Whether `user` holds `permission` in the division of `scope_code`; with no code, anywhere at all."""
    if not user.is_authenticated:
        return False
    if permission == Permission.MANAGE_ACCOUNTS:
        return user.may_administer
    prefixes = user.prefixes(permission)
    return any(scope_code.startswith(prefix) for prefix in prefixes) if scope_code else bool(prefixes)


def require(user: User, permission: Permission, scope_code: str = "") -> None:
    """Raise PermissionDenied (403) unless `user` may. What is out of sight was a 404 before this is called."""
    if not has_permission(user, permission, scope_code):
        raise PermissionDenied(str(NO_PERMISSION))


class DenyByDefault(BasePermission):
    """The API's default: a view that names no permission answers nobody."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return False


class HasAccount(BasePermission):
    """Signed in, whatever is granted now: for doors that judge by the day on which something happened."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return bool(request.user.is_active)


class SignedIn(BasePermission):
    """Signed in with at least one grant in force; what is seen is decided by `visible_to`."""

    def has_permission(self, request: Any, view: Any) -> bool:
        return bool(request.user.is_authenticated and request.user.grants_in_force)

"""What is wrong with the settings of accounts, said by `manage.py check` and at the start."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, Warning, register

from accounts.roles import Role


@register(Tags.security)
def roles_of_the_second_factor_exist(**_kwargs: Any) -> list[CheckMessage]:
    unknown = [role for role in settings.SECOND_FACTOR_ROLES if role not in Role.values]
    said = f"SECOND_FACTOR_ROLES names {', '.join(unknown)}; there are {', '.join(Role.values)}."
    return [Error(said, id="accounts.E001")] if unknown else []


@register(Tags.security, deploy=True)
def proxy_in_front_is_trusted(**_kwargs: Any) -> list[CheckMessage]:
    """HTTPS is on behind a TLS terminator: unless it is named, all come from its address and are locked with it."""
    if not settings.HTTPS or settings.TRUSTED_PROXIES:
        return []
    said = "HTTPS is on, so a proxy stands in front, but TRUSTED_PROXIES does not name it."
    return [Warning(said, hint="Failed sign-ins would be counted for everybody together.", id="accounts.W001")]

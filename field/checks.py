"""What the phones of this installation cannot do, said by `manage.py check` and at the start."""

from ipaddress import ip_address
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Tags, Warning, register


@register(Tags.security)
def phones_are_served_over_https(**_kwargs: Any) -> list[CheckMessage]:
    """Over plain http a browser gives a page no service worker and no position, except on the machine itself."""
    elsewhere = [host for host in settings.ALLOWED_HOSTS if not _is_this_machine(host)]
    if settings.HTTPS or not elsewhere:
        return []
    said = f"HTTPS is off, and phones reach this server as {', '.join(elsewhere)}."
    hint = "Without it /field/ works online only, without GPS; docs/operations.md has a TLS example."
    return [Warning(said, hint=hint, id="field.W001")]


def _is_this_machine(host: str) -> bool:
    name = host.strip("[]")
    try:
        return ip_address(name).is_loopback
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")

"""From which address a request comes: the one that connected, or the one that our own proxies say connected to them."""

import re
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest


def client_address(request: HttpRequest) -> str | None:
    """The last address in the chain that is none of `TRUSTED_PROXIES`; None when the server was told none.

    X-Forwarded-For is read from its end, and only as far as each address before was a proxy of ours: what a client
    wrote into it itself stands further left and is never believed. See docs/adr/0019-sign-in-behind-a-proxy.md.
    """
    address = _address(request.META.get("REMOTE_ADDR", ""))
    said = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    while said and address is not None and _is_proxy(address):
        before = _address(said.pop())
        if before is None:
            break
        address = before
    return str(address) if address is not None else None


def _is_proxy(address: IPv4Address | IPv6Address) -> bool:
    return any(address in network for network in settings.TRUSTED_PROXIES)


def counted_address(request: HttpRequest) -> str | None:
    """The address under which failed sign-ins are counted: of IPv6 the /64, which one subscriber has to themselves."""
    said = client_address(request)
    address = ip_address(said) if said is not None else None
    if isinstance(address, IPv6Address):
        return str(ip_network((address, 64), strict=False).network_address)
    return said


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """An address, also as proxies write it with its port: 203.0.113.5:4000, [2001:db8::1]:4000."""
    with_port = re.fullmatch(r"\s*(?:\[([^\]]+)\]|([0-9.]+))(?::\d+)?\s*", text)
    try:
        address = ip_address((with_port[1] or with_port[2]) if with_port else text.strip())
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address

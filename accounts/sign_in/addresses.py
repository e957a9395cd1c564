"""The address that a request came from."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest

# One customer holds a whole IPv6 network of this size and changes address at will.
IPV6_PREFIX = 64
# Whoever comes without one shares one limit with all others who do.
NO_ADDRESS = "0.0.0.0"  # noqa: S104  (nothing is bound to it)


def client_address(request: HttpRequest) -> str:
    """X-Forwarded-For counts only for the proxies that the operator runs, from the right."""
    direct: str = request.META.get("REMOTE_ADDR") or ""
    hops: int = settings.TRUSTED_PROXIES
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    chain: list[str] = [part.strip() for part in forwarded.split(",") if part.strip()]
    named = chain[-hops] if hops and len(chain) >= hops else direct
    return _network(named) or _network(direct) or NO_ADDRESS


def _network(text: str) -> str:
    """An IPv4 address, or the first of an IPv6 network; empty for what is no address."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return ""
    if isinstance(address, ipaddress.IPv4Address):
        return str(address)
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    network = ipaddress.ip_network((int(address), IPV6_PREFIX), strict=False)
    return str(network.network_address)

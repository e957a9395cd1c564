"""The address that a request came from."""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest

# A customer of a provider holds at least a whole /64 network (RFC 6177) and can use any address in
# it. So all addresses of one /64 count as one.
IPV6_PREFIX = 64
# Requests without a usable address all share one limit.
NO_ADDRESS = "0.0.0.0"  # noqa: S104  (nothing is bound to it)


def client_address(request: HttpRequest) -> str:
    """The IPv4 address that sent the request, or the /64 network of its IPv6 address.

    X-Forwarded-For is believed only as far as the operator's own proxies wrote it. With
    TRUSTED_PROXIES = n that is the n-th entry from the right; anybody can forge what stands before.
    """
    direct: str = request.META.get("REMOTE_ADDR") or ""
    hops: int = settings.TRUSTED_PROXIES
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "")
    chain: list[str] = [part.strip() for part in forwarded.split(",") if part.strip()]
    claimed = chain[-hops] if hops and len(chain) >= hops else direct
    return _network(claimed) or _network(direct) or NO_ADDRESS


def _network(text: str) -> str:
    """An IPv4 address, or the first address of an IPv6 network. Empty if `text` is no address."""
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

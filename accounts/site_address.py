"""The site's own address, as it stands in e-mails and letters."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.conf import settings

if TYPE_CHECKING:
    from django.http import HttpRequest


def site_address(request: HttpRequest) -> str:
    """SITE_URL, or where it is not set the address by which this request came; no slash at the end.

    ALLOWED_HOSTS limits what a request can name. A worker has no request: whoever orders an e-mail
    stores the address with the order.
    """
    return str(settings.SITE_URL or request.build_absolute_uri("/")).rstrip("/")

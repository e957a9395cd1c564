"""Pages of lists. A number that cannot be meant is refused, and nobody is given a whole table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError
from rest_framework.pagination import LimitOffsetPagination

if TYPE_CHECKING:
    from rest_framework.request import Request

# More than any table has. SQLite and PostgreSQL fail at numbers of more than 63 bits.
_NUMBER: Final = re.compile(r"[0-9]{1,12}")


class Pages(LimitOffsetPagination):
    max_limit = 1000

    def get_limit(self, request: Request) -> int | None:
        """Raises ParseError."""
        _require_number(request, self.limit_query_param)
        return super().get_limit(request)

    def get_offset(self, request: Request) -> int:
        """Raises ParseError."""
        _require_number(request, self.offset_query_param)
        return super().get_offset(request)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        parameters = super().get_schema_operation_parameters(view)
        for parameter in parameters:
            if parameter["name"] == self.limit_query_param:
                parameter["schema"] |= {"minimum": 1, "maximum": self.max_limit}
        return parameters


def _require_number(request: Request, name: str) -> None:
    value = request.query_params.get(name)
    if value is not None and not _NUMBER.fullmatch(value):
        raise ParseError(_("“%(name)s” is a whole number.") % {"name": name})

"""A list of numbers to look for may hold some that no row can have: those are left out.

Django does so where it looks for one number. In a list such a number would end in an error of the
database, and lists come from outside: the chosen groups of a form, the chosen rows of an action.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import ForeignObject, IntegerField
from django.db.models.fields.related_lookups import RelatedIn
from django.db.models.lookups import In

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.models.sql.compiler import SQLCompiler


class WithinRange(In):
    def process_rhs(self, compiler: SQLCompiler, connection: BaseDatabaseWrapper) -> Any:
        field = self.lhs.output_field
        column = getattr(field, "target_field", field)
        if self.rhs_is_direct_value() and isinstance(column, IntegerField):
            least, most = connection.ops.integer_field_range(column.get_internal_type())
            self.rhs = [number for number in self.rhs if _fits(number, least, most)]
        return super().process_rhs(compiler, connection)


class RelatedWithinRange(WithinRange, RelatedIn):
    pass


def _fits(number: Any, least: int | None, most: int | None) -> bool:
    if not isinstance(number, int):
        return True
    return (least is None or number >= least) and (most is None or number <= most)


def register() -> None:
    IntegerField.register_lookup(WithinRange)
    ForeignObject.register_lookup(RelatedWithinRange)

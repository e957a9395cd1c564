"""Importing a roll in the administration: upload, preview of the changes, confirmation."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from import_export.admin import ImportMixin

from voting.admin.roll_import_forms import ConfirmRollImportForm, RollImportForm
from voting.roll.resources import RollFormat, RollResource
from voting.roll.upload import UploadGone

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse


class RollImportMixin(ImportMixin):  # type: ignore[misc]
    import_template_name = "voting/admin/import_roll.html"
    resource_classes = (RollResource,)
    import_formats = (RollFormat,)
    import_form_class = RollImportForm
    confirm_form_class = ConfirmRollImportForm
    # The audit log records the import as one event. An entry for each voter in Django's own log
    # would bury what else the official did.
    skip_admin_log = True

    def has_import_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm("voting.add_voterrollentry"))

    def get_import_resource_kwargs(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:
        form = kwargs.get("form")
        cleaned = getattr(form, "cleaned_data", None) or {}
        return {
            "election": cleaned.get("election"),
            "create_voters": cleaned.get("create_voters", False),
        }

    def get_import_form_initial(self, request: HttpRequest) -> dict[str, Any]:
        """A link from the page of an election preselects that election."""
        return {**super().get_import_form_initial(request), "election": request.GET.get("election")}

    def get_confirm_form_initial(self, request: HttpRequest, import_form: Any) -> dict[str, Any]:
        initial = super().get_confirm_form_initial(request, import_form)
        if import_form:
            initial["election"] = import_form.cleaned_data["election"].pk
            initial["create_voters"] = import_form.cleaned_data["create_voters"]
        return dict(initial)

    def add_data_read_fail_error_to_form(self, form: Any, error: Exception) -> None:
        """Show the places of a refused file. Other failures get the library's general sentence."""
        if isinstance(error, ValidationError):
            form.add_error("import_file", error)
        else:
            super().add_data_read_fail_error_to_form(form, error)

    def process_import(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            return super().process_import(request, **kwargs)  # type: ignore[no-any-return]
        except UploadGone:
            return self._start_again(request, _("The file is no longer kept. Choose it again."))

    def process_result(self, result: Any, request: HttpRequest) -> HttpResponse:
        """Import nothing if a row that was valid in the preview no longer is."""
        if result.has_errors() or result.has_validation_errors():
            words = _("Nothing was imported: accounts or roll have changed. Choose the file again.")
            return self._start_again(request, words)
        return super().process_result(result, request)  # type: ignore[no-any-return]

    def add_success_message(self, result: Any, request: HttpRequest) -> None:
        numbers = {"new": result.totals["new"], "changed": result.totals["update"]}
        words = _("The roll was imported: %(new)d new, %(changed)d changed.") % numbers
        messages.success(request, words)

    def _start_again(self, request: HttpRequest, words: str) -> HttpResponse:
        messages.error(request, words)
        return HttpResponseRedirect(reverse("admin:voting_voterrollentry_import"))

"""Officials' authenticators in the administration."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.contrib import admin
from django_otp.plugins.otp_totp.models import TOTPDevice

from accounts.models import SealedDevice
from accounts.sign_in import second_device
from accounts.signed_in import official

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django.http import HttpRequest


# django-otp's own page shows the secrets, and it would create devices with unencrypted ones.
admin.site.unregister(TOTPDevice)


@admin.register(SealedDevice)
class SealedDeviceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Superusers delete the lost device of an official here, who then sets up another one."""

    list_display = ("user", "confirmed", "created_at", "last_used_at")
    list_filter = ("confirmed",)
    search_fields = ("user__username",)
    fields = ("user", "confirmed", "created_at", "last_used_at")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: SealedDevice | None = None) -> bool:
        return False

    def delete_model(self, request: HttpRequest, obj: SealedDevice) -> None:
        second_device.remove(obj, actor=official(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[SealedDevice]) -> None:
        for device in queryset:
            second_device.remove(device, actor=official(request))

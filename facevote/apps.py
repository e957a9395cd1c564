from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class FacevoteConfig(AppConfig):
    name = "facevote"

    def ready(self) -> None:
        # Importing the module registers the system checks. Settings are not ready earlier.
        from facevote import checks  # noqa: F401, PLC0415


class OfficeConfig(AdminConfig):
    """Django's administration, with this project's site in place of the usual one."""

    default_site = "accounts.office.site.OfficeSite"

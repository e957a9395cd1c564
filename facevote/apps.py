from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class FacevoteConfig(AppConfig):
    name = "facevote"

    def ready(self) -> None:
        # Settings are not ready earlier. Importing `checks` registers the system checks.
        from facevote import checks, database_away, whole_numbers  # noqa: F401, PLC0415

        database_away.watch()
        whole_numbers.register()


class OfficeConfig(AdminConfig):
    """Django's administration, with this project's site in place of the usual one."""

    default_site = "accounts.office.site.OfficeSite"

from django.apps import AppConfig
from django.conf import settings
from django.contrib.admin.apps import AdminConfig


class FacevoteConfig(AppConfig):
    name = "facevote"

    def ready(self) -> None:
        # Settings are not ready earlier. Importing `checks` registers the system checks.
        from facevote import (  # noqa: PLC0415
            checks,  # noqa: F401
            database_away,
            deployment_checks,  # noqa: F401
            error_reports,
            whole_numbers,
        )
        from facevote.metrics import exposing, watching  # noqa: PLC0415

        database_away.watch()
        whole_numbers.register()
        if settings.METRICS_ADDRESS:
            watching.watch()
            exposing.expose_in_worker()
        if settings.SENTRY_DSN:
            error_reports.begin(settings.SENTRY_DSN)


class OfficeConfig(AdminConfig):
    """Django's administration, with this project's site in place of the usual one."""

    default_site = "accounts.office.site.OfficeSite"

from django.apps import AppConfig


class FacevoteConfig(AppConfig):
    name = "facevote"

    def ready(self) -> None:
        # Settings are not ready earlier. Importing `checks` registers the system checks.
        from facevote import checks, database_away  # noqa: F401, PLC0415

        database_away.watch()

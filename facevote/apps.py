from django.apps import AppConfig


class FacevoteConfig(AppConfig):
    name = "facevote"

    def ready(self) -> None:
        # Importing them registers the system checks; settings are not ready before.
        from facevote import checks  # noqa: F401, PLC0415

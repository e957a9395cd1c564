from django.apps import AppConfig


class FacevoteConfig(AppConfig):
    name = "facevote"

    def ready(self) -> None:
        # Importing the module registers the system checks. Settings are not ready earlier.
        from facevote import checks  # noqa: F401, PLC0415

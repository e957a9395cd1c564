from django.apps import AppConfig


class FacevoteConfig(AppConfig):
    name = "facevote"

    def ready(self) -> None:
        from facevote import checks  # noqa: F401  (registers the system checks)

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BiometricsConfig(AppConfig):
    name = "biometrics"
    verbose_name = _("Faces")

    def ready(self) -> None:
        # Importing them registers them; models are not ready before.
        from biometrics import checks  # noqa: F401, PLC0415

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BiometricsConfig(AppConfig):
    name = "biometrics"
    verbose_name = _("Faces")

    def ready(self) -> None:
        # The import registers the checks. It must come after the models are loaded.
        from biometrics import checks  # noqa: F401, PLC0415

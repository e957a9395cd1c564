from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class BiometricsConfig(AppConfig):
    name = "biometrics"
    verbose_name = _("Faces")

    def ready(self) -> None:
        # The import registers the checks. It must come after the models are loaded.
        from accounts.proposals import kinds  # noqa: PLC0415
        from accounts.rights import own_data  # noqa: PLC0415
        from accounts.rights.deleting import account_emptied  # noqa: PLC0415
        from biometrics import checks  # noqa: F401, PLC0415
        from biometrics.consent.own_face import forget_face, own_face  # noqa: PLC0415
        from biometrics.enrolment import by_two_officials  # noqa: PLC0415
        from biometrics.enrolment.held import ADD_PHOTO  # noqa: PLC0415
        from biometrics.self_enrolment.deciding import APPROVE_PHOTOS  # noqa: PLC0415

        own_data.register("face", own_face)
        account_emptied.connect(forget_face)
        kinds.register(ADD_PHOTO)
        kinds.register(APPROVE_PHOTOS)
        kinds.register(by_two_officials.REMOVE_PHOTO)
        kinds.register(by_two_officials.ACCEPT_RESEMBLANCE)
        kinds.register(by_two_officials.ERASE_FACE)

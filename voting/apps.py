from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VotingConfig(AppConfig):
    name = "voting"
    verbose_name = _("Elections")

    def ready(self) -> None:
        # Models can be imported only here, when all applications are loaded.
        from biometrics.housekeeping.key_rotation import keys_rotating  # noqa: PLC0415
        from biometrics.verification.policies import challenge_wanted  # noqa: PLC0415
        from voting.ballots.presence import challenge_of_elections  # noqa: PLC0415
        from voting.keys.sealed import reseal_on_rotation  # noqa: PLC0415

        keys_rotating.connect(reseal_on_rotation)
        challenge_wanted.connect(challenge_of_elections)

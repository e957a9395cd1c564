from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VotingConfig(AppConfig):
    name = "voting"
    verbose_name = _("Elections")

    def ready(self) -> None:
        from biometrics.housekeeping.key_rotation import keys_rotating
        from biometrics.verification.policies import challenge_wanted
        from voting.ballots.presence import challenge_of_elections
        from voting.keys.sealed import reseal_on_rotation

        keys_rotating.connect(reseal_on_rotation)
        challenge_wanted.connect(challenge_of_elections)

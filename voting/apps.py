from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class VotingConfig(AppConfig):
    name = "voting"
    verbose_name = _("Elections")

    def ready(self) -> None:
        from biometrics.key_rotation import keys_rotating
        from biometrics.policies import challenge_wanted
        from voting.services.presence import challenge_of_elections
        from voting.services.secrets_at_rest import reseal_on_rotation

        keys_rotating.connect(reseal_on_rotation)
        challenge_wanted.connect(challenge_of_elections)

from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class VotingConfig(AppConfig):
    name = "voting"
    verbose_name = _("Voting")

    def ready(self) -> None:
        from biometrics.key_rotation import keys_rotating
        from biometrics.policies import challenge_wanted
        from voting.role_permissions import give
        from voting.services.presence import challenge_of_elections
        from voting.services.secrets_at_rest import reseal_on_rotation

        post_migrate.connect(give, sender=self)
        keys_rotating.connect(reseal_on_rotation)
        challenge_wanted.connect(challenge_of_elections)

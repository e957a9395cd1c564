from django.apps import AppConfig
from django.db.models.signals import post_migrate, pre_migrate
from django.utils.translation import gettext_lazy as _


class VotingConfig(AppConfig):
    name = "voting"
    verbose_name = _("Elections")

    def ready(self) -> None:
        # Models can be imported only here, when all applications are loaded.
        from anymail.signals import tracking  # noqa: PLC0415

        from accounts.proposals import kinds  # noqa: PLC0415
        from accounts.proposals.protected import fixed_roll_asked  # noqa: PLC0415
        from accounts.rights import own_data  # noqa: PLC0415
        from accounts.rights.deleting import account_emptied  # noqa: PLC0415
        from biometrics.housekeeping.key_rotation import keys_rotating  # noqa: PLC0415
        from biometrics.self_enrolment.policy import self_enrolment_asked  # noqa: PLC0415
        from biometrics.verification.policies import challenge_wanted  # noqa: PLC0415
        from voting import guards  # noqa: PLC0415
        from voting.ballots.presence import challenge_of_elections  # noqa: PLC0415
        from voting.elections.fixed_rolls import is_on_a_fixed_roll  # noqa: PLC0415
        from voting.keys.link_by_two import TRUSTEE_LINK  # noqa: PLC0415
        from voting.keys.sealed import reseal_on_rotation  # noqa: PLC0415
        from voting.mailing.bounces import note_told  # noqa: PLC0415
        from voting.mailing.own_mails import forget_mails, own_mails  # noqa: PLC0415
        from voting.preparing.policies import policies_of  # noqa: PLC0415
        from voting.roll.own_entries import own_entries  # noqa: PLC0415

        pre_migrate.connect(guards.remove_before_migrating, sender=self)
        post_migrate.connect(guards.install_after_migrating, sender=self)
        keys_rotating.connect(reseal_on_rotation)
        challenge_wanted.connect(challenge_of_elections)
        self_enrolment_asked.connect(policies_of)
        fixed_roll_asked.connect(is_on_a_fixed_roll)
        tracking.connect(note_told)
        account_emptied.connect(forget_mails)
        kinds.register(TRUSTEE_LINK)
        own_data.register("rolls_and_ballots", own_entries)
        own_data.register("letters_about_elections", own_mails)

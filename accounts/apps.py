from django.apps import AppConfig
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class AccountsConfig(AppConfig):
    name = "accounts"
    verbose_name = _("People")

    def ready(self) -> None:
        # Models are not ready before.
        from accounts import roles  # noqa: PLC0415
        from accounts.address import ADDRESS  # noqa: PLC0415
        from accounts.passwords.link_by_two import PASSWORD_LINK  # noqa: PLC0415
        from accounts.proposals import kinds  # noqa: PLC0415
        from accounts.rights import own_data  # noqa: PLC0415

        # For every app, not only this one: Django creates the permissions of a model when the
        # model's own app has migrated.
        post_migrate.connect(roles.set_up, dispatch_uid="accounts.roles")
        kinds.register(PASSWORD_LINK)
        kinds.register(ADDRESS)
        own_data.register("account", own_data.account)
        own_data.register("audit_log", own_data.audit_log)

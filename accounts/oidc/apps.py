from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class OidcConfig(AppConfig):
    name = "accounts.oidc"
    label = "oidc"
    verbose_name = _("Sign-in for other programs")

    def ready(self) -> None:
        # Models are not ready before.
        from accounts.oidc import connections  # noqa: PLC0415
        from accounts.rights import own_data  # noqa: PLC0415
        from accounts.rights.deleting import account_emptied  # noqa: PLC0415

        own_data.register("connected_programs", connections.own_data)
        account_emptied.connect(connections.forget_person, dispatch_uid="oidc.forget_person")

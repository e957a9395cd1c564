"""Who somebody is: the number that FaceVote gives (`sub`) and never the name, which may change."""

from mozilla_django_oidc.auth import OIDCAuthenticationBackend


class People(OIDCAuthenticationBackend):
    def verify_claims(self, claims):
        return "sub" in claims

    def filter_users_by_claims(self, claims):
        return self.UserModel.objects.filter(username=claims["sub"])

    def create_user(self, claims):
        return self.update_user(self.UserModel(username=claims["sub"]), claims)

    def update_user(self, user, claims):
        user.first_name = claims.get("given_name", "")
        user.last_name = claims.get("family_name", "")
        user.save()
        return user

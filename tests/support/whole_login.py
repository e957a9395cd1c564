"""A test client whose force_login() leaves the session that a sign-in with every step leaves."""

from __future__ import annotations

from django.test import Client


class WholeLoginClient(Client):
    def force_login(self, user, backend=None):
        from accounts.sign_in import login
        from accounts.sign_in.factors import accepted

        super().force_login(user, backend)
        session = self.session
        session[login.FACTORS] = [login.PASSWORD, str(min(accepted(user)))]
        session.save()

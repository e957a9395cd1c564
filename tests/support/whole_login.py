"""A test client whose `force_login` gives the session of a sign-in with every step.

The backend is always the one that the site's sign-in uses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.test import Client
from django.utils import timezone

if TYPE_CHECKING:
    from accounts.models import User


class WholeLoginClient(Client):
    def force_login(self, user: User, backend: str | None = None) -> None:
        from accounts.sign_in import login
        from accounts.sign_in.factors import accepted

        super().force_login(user, login.BACKEND)
        session = self.session
        session[login.FACTORS] = [login.PASSWORD, str(min(accepted(user)))]
        session[login.COMPLETED_AT] = timezone.now().timestamp()
        session.save()

"""Officials by their roles, as the administration knows them."""

from __future__ import annotations

from django.contrib.auth.models import Group

from accounts import roles
from accounts.models import User
from tests.support.whole_login import WholeLoginClient


def official_of(role: str, name: str = "") -> User:
    """An official with one role; named for the role if `name` is empty."""
    user = User.objects.create_user(name or role.replace(" ", "-"), is_staff=True)
    user.groups.set(Group.objects.filter(name=role))
    return user


def registrar(name: str = "registrar") -> User:
    return official_of(roles.REGISTRAR, name)


def browser_of(user: User) -> WholeLoginClient:
    """A browser in which this official has taken every step of the sign-in."""
    browser = WholeLoginClient()
    browser.force_login(user)
    return browser

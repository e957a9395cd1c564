"""The voters of a measurement of mail: a draft with a roll, addresses, and no passwords.

Call it in a process that has entered a site (benchmarks.harness.throwaway).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.harness.voter import PASSWORD

if TYPE_CHECKING:
    from accounts.models import User
    from voting.models import Election


def make_club(voters: int) -> tuple[Election, User]:
    """The election, and the official "chief" who may do everything."""
    from accounts.models import User
    from voting.models import Election, VoterRollEntry, number_key

    chief = User.objects.create_superuser("chief", password=PASSWORD)
    election = Election.objects.create(slug="club", title="Board election")
    people = [User(username=f"v{n}", email=f"v{n}@example.org") for n in range(voters)]
    for person in people:
        person.set_unusable_password()
    User.objects.bulk_create(people, batch_size=500)
    rows = User.objects.filter(username__startswith="v").order_by("pk")
    VoterRollEntry.objects.bulk_create(
        (
            VoterRollEntry(
                election=election,
                user=person,
                name=f"Voter {place}",
                voter_number=f"N{place}",
                number_key=number_key(f"N{place}"),
            )
            for place, person in enumerate(rows.iterator())
        ),
        batch_size=500,
    )
    return election, chief

"""The words of letters on a site that has not written its own. In English, as the site's pages."""

from __future__ import annotations

from typing import Final

from voting.models import MailKind

_END: Final = """
Questions? {office}

This letter was written by the voting site {site}. It never asks for your password.
"""

DEFAULT_TEXTS: Final[dict[str, tuple[str, str]]] = {
    MailKind.INVITATION: (
        "Your invitation to vote: {election}",
        """Hello {name},

you can vote in “{election}”.

Your user name: {username}
Your voter number: {voter_number}

Get ready now, it takes five minutes. Begin here:

{link}

This link is for you alone. {link_until}

The election opens: {opens}
The election closes: {closes}

Before you vote, the page shows the fingerprint of the election. Compare it with the one that the \
election office has published.
"""
        + _END,
    ),
    MailKind.REMINDER: (
        "You have not voted yet: {election}",
        """Hello {name},

you can still vote in “{election}”. It closes: {closes}

Your user name: {username}
Your voter number: {voter_number}

Go on here:

{link}

{link_until}

You want no more reminders of this election: {no_reminders}
"""
        + _END,
    ),
    MailKind.RESULT: (
        "The result of {election}",
        """Hello {name},

the votes in “{election}” are counted. The result is here:

{results}

Everybody can check the count, and you can check that your ballot is in it: the page says how.
"""
        + _END,
    ),
    MailKind.RECEIPT: (
        "Your receipt: {election}",
        """Hello {name},

you asked for your receipt by e-mail. Your ballot in “{election}” is in the ballot box.

Its tracker: {tracker}

Fingerprint of the election: {fingerprint}

Your receipt, after signing in: {receipt}
Look for your tracker on the public board: {check}

The receipt shows that your ballot is counted. It does not show how you voted.
"""
        + _END,
    ),
    MailKind.TRUSTEE: (
        "Your link as a trustee: {election}",
        """Hello {name},

you are a trustee of “{election}”. With the other trustees you hold the key by which the votes are \
counted. Your page is here:

{link}

Whoever has this link acts as you. Keep this letter to yourself until the election is over.
"""
        + _END,
    ),
    MailKind.LETTER: (
        "Your invitation to vote: {election}",
        """Hello {name},

you can vote in “{election}” on a telephone or computer with a camera, at this address:

{link}

Your user name: {username}
Your voter number: {voter_number}

The election opens: {opens}
The election closes: {closes}

You have no password yet, or forgot it? Choose “I can not sign in” on that page, or ask the \
election office: {office}

The election office never asks for your password.
""",
    ),
}

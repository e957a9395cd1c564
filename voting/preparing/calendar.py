"""The dates of elections as a file for calendars (RFC 5545)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from voting.models import State

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable

    from voting.models import Election

REMIND_BEFORE = timedelta(days=1)


def calendar_file(
    elections: Iterable[Election], *, site: str, page: str, now: dt.datetime
) -> bytes:
    """An event for each election that has a time to open or to close.

    `site` is the host, which makes the events' names unique; `page` is the address that they name.
    """
    calendar = Calendar()
    calendar.add("prodid", f"-//FaceVote//{site}//")
    calendar.add("version", "2.0")
    for election in elections:
        begins = election.opens_at or election.closes_at
        if begins is not None:
            calendar.add_component(_event(election, begins, site=site, page=page, now=now))
    return bytes(calendar.to_ical())


def _event(
    election: Election, begins: dt.datetime, *, site: str, page: str, now: dt.datetime
) -> Event:
    event = Event()
    event.add("uid", f"election-{election.slug}@{site}")
    event.add("dtstamp", now)
    event.add("dtstart", begins)
    event.add("dtend", election.closes_at or begins)
    event.add("summary", _("Vote: %(title)s") % {"title": election.title})
    event.add("description", _words(election, page))
    event.add("url", page)
    event.add("status", "TENTATIVE" if election.state == State.DRAFT else "CONFIRMED")
    event.add("transp", "TRANSPARENT")
    event.add_component(_reminder(election, begins))
    return event


def _words(election: Election, page: str) -> str:
    lines = [_("Get ready before the day: %(page)s") % {"page": page}]
    if election.state == State.DRAFT:
        lines.append(_("These times may still change."))
    return "\n".join(lines)


def _reminder(election: Election, begins: dt.datetime) -> Alarm:
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Vote: %(title)s") % {"title": election.title})
    alarm.add("trigger", -REMIND_BEFORE)
    return alarm

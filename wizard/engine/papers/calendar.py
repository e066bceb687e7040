"""The expiry dates as a calendar file, so that somebody is reminded in time."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from icalendar import Alarm

BEFORE = timedelta(days=30)
"""How long before the first expiry the alarm rings: time for a planned renewal."""


def expiry_calendar(
    *, cluster: str, run: str, expiries: Mapping[str, datetime], made: datetime
) -> bytes:
    """Return an iCalendar file (RFC 5545) with one entry on the day of the earliest expiry.

    Args:
        cluster: the name it is shown under.
        run: the run's id, which names the entry.
        expiries: what expires, by the name it is shown under, to its last moment (UTC).
        made: when the certificates were made (UTC).
    """
    from icalendar import Calendar, Event  # noqa: PLC0415 - slow to load; most commands make none

    first = min(expiries.values())
    lines = [f"{name}: {moment:%Y-%m-%d %H:%M} UTC" for name, moment in sorted(expiries.items())]
    entry = Event()
    entry.add("uid", f"{run}@neo4j-tls")
    entry.add("dtstamp", made)
    entry.add("dtstart", first.date())
    entry.add("dtend", first.date() + timedelta(days=1))
    entry.add("summary", f"The cluster certificates of {cluster} expire")
    entry.add("description", "\n".join(["Renew them before this day.", *lines]))
    entry.add_component(_alarm(cluster))
    calendar = Calendar()
    calendar.add("prodid", "-//neo4j-tls//expiry dates//EN")
    calendar.add("version", "2.0")
    calendar.add_component(entry)
    content: bytes = calendar.to_ical()
    return content


def _alarm(cluster: str) -> Alarm:
    from icalendar import Alarm  # noqa: PLC0415 - as above

    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", f"In 30 days the cluster certificates of {cluster} expire.")
    alarm.add("trigger", -BEFORE)
    return alarm

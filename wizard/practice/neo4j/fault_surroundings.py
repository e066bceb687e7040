"""Faults around a server: its clock, the names it knows, its members and its leader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path

from wizard.model.version import Version
from wizard.neo4j.versions import rules_for
from wizard.practice.neo4j.identity import Member
from wizard.practice.neo4j.order import Order

CLOCK_FAULT = "clock-behind"
CLOCK_BEHIND = timedelta(days=2)
FOUNDS_ITS_OWN = "founds-its-own"
_NO_LEADER = "no-leader"
_UNKNOWN_NAMES = "unknown-names"
_WAITS_ALONE = "waits-alone"
_NOBODYS_PORT = 5999

_DATE = """\
#!/bin/sh
# PRACTICE: the clock of this server is behind.
case $* in
'-u +%s') echo "$(($(PATH=/usr/bin:/bin date -u +%s) - @SECONDS@))" ;;
*) PATH=/usr/bin:/bin exec date "$@" ;;
esac
"""


def lay_surroundings(order: Order, faults: frozenset[str]) -> None:
    """Make the login on this server see its clock and its names as the faults have them."""
    folder = Path(order.home).parent / "bin"
    if not folder.is_dir():  # a process without a login around it
        return
    known = known_hosts(order, faults)
    _replace(folder / "hosts", "".join(f"{ip} {name}\n" for name, ip in known.items()), 0o644)
    date = folder / "date"
    if CLOCK_FAULT in faults:
        _replace(date, _DATE.replace("@SECONDS@", f"{CLOCK_BEHIND.total_seconds():.0f}"), 0o755)
    else:
        date.unlink(missing_ok=True)


def _replace(path: Path, text: str, mode: int) -> None:
    """Write a file in one step: the login may be reading it."""
    made = path.with_name(f"{path.name}.made")
    made.write_text(text, "ascii")
    made.chmod(mode)
    made.replace(path)


def known_hosts(order: Order, faults: frozenset[str]) -> Mapping[str, str]:
    """Return the names this server resolves."""
    if _UNKNOWN_NAMES not in faults:
        return order.hosts
    return {name: ip for name, ip in order.hosts.items() if name == order.address}


def known_members(members: Sequence[Member], faults: frozenset[str]) -> list[Member]:
    """Return the members this server looks for."""
    if FOUNDS_ITS_OWN in faults:
        return []
    if _WAITS_ALONE in faults:
        return [Member(member.host, _NOBODYS_PORT) for member in members]
    return list(members)


def lost_leader(identity: str, version: Version, faults: frozenset[str]) -> str | None:
    """Return how this server says that it has lost its leader, or None when it keeps it."""
    if _NO_LEADER not in faults:
        return None
    return rules_for(version).leader_lost.format(member=identity[:8])

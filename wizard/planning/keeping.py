"""Who else looks after the servers: what may undo the change, or start a server in its middle.

The one place that decides it. Nothing of it can be held from here, so a person has to say that it
is suspended, by its word, before anything is changed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from wizard.model.facts import Keeper, KeeperSign, ServerFacts
from wizard.model.problems import Problem, blocker
from wizard.model.settings import Settings
from wizard.model.text import shown
from wizard.planning.plan import Plan
from wizard.planning.telling import note, warning

SUSPENDED = "suspended"
"""What a person types once it is."""

_NAMES = {
    "puppet": "Puppet",
    "chef": "Chef",
    "salt": "Salt",
    "cfengine": "CFEngine",
    "ansible": "Ansible",
    "terraform": "Terraform",
    "monit": "monit",
    "pacemaker": "Pacemaker",
    "supervisor": "supervisord",
    "systemd": "systemd",
}
_HEALERS = frozenset({"monit", "pacemaker", "supervisor", "systemd"})
_SIGNS = {
    KeeperSign.HEADER: "the head of neo4j.conf says so",
    KeeperSign.PROCESS: "its process {sign} runs",
    KeeperSign.UNIT: "its unit {sign} is active",
    KeeperSign.CRON: "{sign} starts it",
    KeeperSign.DISABLED: "it is disabled there",
}
_HINTS = {
    "puppet": "Run `puppet agent --disable` on every server, and make the same change in Puppet.",
    "chef": "Stop chef-client and its timer, and make the same change in the cookbook.",
    "salt": "Stop salt-minion, and make the same change in the state.",
    "ansible": "Let no playbook run meanwhile, and make the same change in its template.",
    "monit": "Run `monit unmonitor` for Neo4j on every server.",
    "pacemaker": "Put the cluster manager into maintenance mode.",
    "supervisor": "Answer how Neo4j is started there, or hold its program in supervisord.",
    "systemd": "Answer `service` with the unit of systemd, so that it is the one that stops Neo4j.",
}
_HINT = "Hold it until the change is done, and make the same change there."


def keepers_of(facts: ServerFacts) -> dict[str, list[Keeper]]:
    """Return the signs of everything that looks after a server, by its word.

    What is disabled on that server already is left out.
    """
    found: dict[str, list[Keeper]] = {}
    for keeper in _signs(facts):
        found.setdefault(keeper.word, []).append(keeper)
    held = {word for word, signs in found.items() if _is_disabled(signs)}
    return {word: signs for word, signs in found.items() if word not in held}


def _signs(facts: ServerFacts) -> Iterator[Keeper]:
    if facts.managed_by is not None:
        yield Keeper(word=facts.managed_by.lower(), kind=KeeperSign.HEADER)
    yield from facts.keepers


def _is_disabled(signs: Sequence[Keeper]) -> bool:
    return any(keeper.kind is KeeperSign.DISABLED for keeper in signs)


def to_suspend(settings: Settings, facts: Sequence[ServerFacts]) -> tuple[str, ...]:
    """Return the words of what looks after any of the servers and is not said to be suspended."""
    words = dict.fromkeys(word for one in facts for word in keepers_of(one))
    return tuple(word for word in words if word not in settings.suspended)


def of_keepers(settings: Settings, facts: ServerFacts) -> Iterator[Problem]:
    """Yield what else looks after one server: a warning, or a note where it is said to be held."""
    for word, signs in keepers_of(facts).items():
        tell = note if word in settings.suspended else warning
        seen = "; ".join(dict.fromkeys(_words(keeper) for keeper in signs))
        held = ", and is said to be suspended" if word in settings.suspended else ""
        yield tell(
            facts.server,
            "auto-healing" if word in _HEALERS else "conf-managed",
            f"{_does(word, facts.server)} ({seen}){held}.",
            _HINTS.get(word, _HINT),
            facts.conf_file,
        )


def held_back(plan: Plan) -> Problem:
    """Return the problem of a plan with something that nobody has said is suspended."""
    names = " and ".join(_NAMES.get(word, shown(word)) for word in plan.to_suspend)
    listed = ", ".join(f'"{shown(word)}"' for word in plan.to_suspend)
    healing = set(plan.to_suspend) <= _HEALERS
    return blocker(
        None,
        "auto-healing" if healing else "conf-managed",
        f"{names} may change or start the servers in the middle of this, and nobody has said that "
        f"it is {SUSPENDED}.",
        f"Suspend it on every server, then write under [apply] in the answers: {SUSPENDED} = "
        f"[{listed}], and run apply with them.",
    )


def question(plan: Plan) -> str:
    """Return what is asked before the yes, where something has to be suspended."""
    names = " and ".join(_NAMES.get(word, shown(word)) for word in plan.to_suspend)
    return (
        f"{names} may change or start the servers in the middle of this. Suspend it on every "
        f"server now, and type {SUSPENDED} when that is done."
    )


def _does(word: str, server: str) -> str:
    name = _NAMES.get(word, shown(word))
    if word in _HEALERS:
        return f"{name} on {server} may start Neo4j again while it has to be down"
    return f"neo4j.conf on {server} is kept by {name}, which may undo the change"


def _words(keeper: Keeper) -> str:
    return _SIGNS[keeper.kind].format(sign=shown(keeper.sign))

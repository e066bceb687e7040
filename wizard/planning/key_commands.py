"""Whether a command in neo4j.conf can print a key's password: what Neo4j asks for must be seen.

Neo4j runs such commands only where it is started with `--expand-commands`, whoever starts it, and
where nobody else may write or read neo4j.conf (Operations Manual, Command expansion).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from posixpath import join

from wizard.model.problems import Problem, blocker
from wizard.model.settings import KeyPassword, KeyPasswordIn, Settings
from wizard.model.text import shown
from wizard.neo4j.policy import password_command
from wizard.neo4j.versions import rules_for
from wizard.planning.view import ServerView

FLAG = "--expand-commands"

_KEY = "keys.password_in"
_SYSTEMD = "systemd:"
_OTHERWISE = f'or set `{_KEY}` to "conf".'


def of_key_commands(settings: Settings, view: ServerView) -> Iterator[Problem]:
    """Yield what keeps Neo4j from getting the password by a command, where the answers want that.

    The mode of neo4j.conf is asked for as it stands, not changed: with the flag Neo4j would not
    start on an open file once it is put back.
    """
    no_password = settings.key_password is KeyPassword.NONE
    if settings.key_password_in is KeyPasswordIn.CONF or no_password:
        return
    rules = rules_for(view.version)
    if not rules.expands_commands:
        yield _blocked(
            view,
            "commands-not-run",
            f"Neo4j {view.version} runs no command for a value of neo4j.conf; 4.2 and later do.",
            f'Set `{_KEY}` to "conf".',
        )
        return
    if not view.facts.expands_commands:
        yield _without_flag(view)
    if view.facts.conf_stat.mode & ~rules.command_conf_mode:
        yield _open(view, rules.command_conf_mode)
    if password_command(view.facts.certificates) is None:
        yield _blocked(
            view,
            "commands-not-run",
            f"The path {shown(view.facts.certificates)} on {view.name} holds a sign that a "
            "command in neo4j.conf can't carry safely.",
            f'Set `{_KEY}` to "conf".',
        )


def _without_flag(view: ServerView) -> Problem:
    service = view.facts.service
    if service.startswith(_SYSTEMD):
        unit = shown(service.removeprefix(_SYSTEMD))
        message = (
            f"The unit {unit} on {view.name} does not start Neo4j with {FLAG} as far as its "
            "ExecStart tells, and without it Neo4j refuses a command in neo4j.conf."
        )
        hint = (
            f"Run `systemctl edit {unit}`, write [Service], a line with ExecStart= alone, and the "
            f"unit's own ExecStart line with {FLAG} at its end, {_OTHERWISE}"
        )
    else:
        command = shown(join(view.facts.home, "bin", "neo4j"))
        message = (
            f"Neo4j on {view.name} was not seen to be started with {FLAG}, and without it Neo4j "
            "refuses a command in neo4j.conf."
        )
        hint = (
            f"Let everything that starts it use `{command} start {FLAG}`, restart it like that, "
            f"{_OTHERWISE}"
        )
    return _blocked(view, "expand-commands-missing", message, hint)


def _open(view: ServerView, most: int) -> Problem:
    conf = view.facts.conf_file
    return _blocked(
        view,
        "conf-open-for-commands",
        f"{shown(conf)} on {view.name} has mode {view.facts.conf_stat.mode:04o}; Neo4j started "
        f"with {FLAG} takes {most:04o} at most.",
        f"Run `chmod {most:o} {shown(conf)}` there, {_OTHERWISE}",
        conf,
    )


def _blocked(
    view: ServerView, code: str, message: str, hint: str, file: str | None = None
) -> Problem:
    return replace(blocker(view.name, code, message, hint, file), key=_KEY)

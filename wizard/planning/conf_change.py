"""How a server's neo4j.conf will change: the settings, the bytes, a preview without secrets."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from posixpath import join

from wizard.model.facts import AccessEntry, FileStat, ServerFacts
from wizard.model.settings import Settings
from wizard.model.text import shown
from wizard.model.version import Version
from wizard.neo4j.conf import Conf, is_command
from wizard.neo4j.layout import CERTIFICATES
from wizard.neo4j.policy import left_over, password_file, policy_settings
from wizard.neo4j.properties import ENCODING, Element
from wizard.neo4j.versions import rules_for
from wizard.planning.key_passwords import command_of, has_password
from wizard.planning.plan import RUN, ConfSetting, DiffLine, ServerPlan
from wizard.planning.view import ServerView

MASK = "********"

_STANDS_FOR_PASSWORD = "x" * 32
_SENSITIVE = re.compile(r"passw|passphrase|secret|credential|token", re.IGNORECASE)
_SENSITIVE_SETTING = re.compile(
    r"(passw|passphrase|secret|credential|token)[^=:\s]*[=:\s]", re.IGNORECASE
)
_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})")
_CONTEXT = 2
"""Lines shown around a change; a whole neo4j.conf has hundreds."""

OTHERS = 0o007


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfChange:
    """The change of one neo4j.conf."""

    settings: tuple[ConfSetting, ...]
    removed: tuple[str, ...]
    diff: tuple[DiffLine, ...]


def base_directory(facts: ServerFacts, version: Version) -> tuple[str, str]:
    """Return the new base directory as an absolute path, and as neo4j.conf names it.

    Before 3.5.9 a relative one keeps `neo4j-admin backup` from working (Knowledge Base, "Backup
    failed unexpected error base directory").
    """
    absolute = join(facts.certificates, f"cluster-{RUN}")
    if facts.certificates == join(facts.home, CERTIFICATES) and not (
        rules_for(version).absolute_overrides
    ):
        return absolute, f"{CERTIFICATES}/cluster-{RUN}"
    return absolute, absolute


def conf_change(
    settings: Settings, view: ServerView, *, verify_hostname: bool, tls_versions: tuple[str, ...]
) -> ConfChange:
    """Return how the server's neo4j.conf changes.

    Raises:
        ConfError: when the change can't be made without losing something.
    """
    with_password = has_password(settings, view.version)
    absolute, named = base_directory(view.facts, view.version)
    lines = policy_settings(
        view.version,
        base_directory=named,
        client_auth=settings.policy.client_auth,
        verify_hostname=verify_hostname,
        tls_versions=tls_versions,
        with_password=with_password,
        command=command_of(settings, view.version, absolute),
    )
    wanted = tuple(ConfSetting(key=key, value=value) for key, value in lines)
    removed = left_over(view.conf, view.version, with_password=with_password)
    after = _with_stand_in(view.conf, wanted, removed, view.version)
    return ConfChange(settings=wanted, removed=removed, diff=tuple(_diff(view.conf, after)))


def preview(conf: Conf, server: ServerPlan) -> Conf:
    """Return the changed neo4j.conf with a stand-in where the password goes."""
    return _with_stand_in(conf, server.conf_settings, server.conf_removed, server.version)


def mode_after(
    conf: FileStat,
    owner: tuple[int, int],
    access_list: Sequence[AccessEntry] = (),
    *,
    with_password: bool,
) -> int:
    """Return the mode of the new neo4j.conf: others lose their rights once it holds a password.

    They keep them where Neo4j's own user can read the file only as one of the others. What an
    access list gives stays; of such a file the mode's bits for the group are the list's mask.

    Args:
        conf: neo4j.conf as it stands.
        owner: user and group that Neo4j's files belong to.
        access_list: the entries of its access list, if it has one.
        with_password: whether neo4j.conf will hold the password of the private key.
    """
    if with_password and _reads_by_itself(conf, owner, access_list):
        return conf.mode & ~OTHERS
    return conf.mode


def _reads_by_itself(
    conf: FileStat, owner: tuple[int, int], access_list: Sequence[AccessEntry]
) -> bool:
    """Whether Neo4j's user reads it other than as one of the others: acl(5), access check."""
    user, group = owner
    if conf.uid == user:
        return bool(conf.mode & 0o400)
    if not access_list:
        return conf.gid == group and bool(conf.mode & 0o040)
    named = [one.reads for one in access_list if not one.group and one.number == user]
    groups = [one.reads for one in access_list if one.group and one.number == group]
    return any(named or groups)


def _with_stand_in(
    conf: Conf, wanted: Iterable[ConfSetting], removed: tuple[str, ...], version: Version
) -> Conf:
    filled = [(s.key, _STANDS_FOR_PASSWORD if s.value is None else s.value) for s in wanted]
    return conf.with_settings(
        filled,
        removed,
        free_names=rules_for(version).named_policies,
        commands=commands_of(wanted),
    )


def commands_of(settings: Iterable[ConfSetting]) -> tuple[str, ...]:
    """Return the keys whose planned value is a command."""
    return tuple(s.key for s in settings if s.value is not None and is_command(s.value))


def _diff(before: Conf, after: Conf) -> Iterator[DiffLine]:
    old = [line for element in before.elements for line in _masked(element)]
    new = [line for element in after.elements for line in _masked(element)]
    for line in list(difflib.unified_diff(old, new, n=_CONTEXT, lineterm=""))[2:]:
        yield DiffLine(sign=line[0], text=line[1:] if line[0] != "@" else line.strip("@ "))


def _masked(element: Element) -> list[str]:
    # A command of ours names the file that holds the secret, and is none itself.
    if element.key is not None and _SENSITIVE.search(element.key):
        if password_file(element.value):
            return [f"{shown(element.key)}={shown(element.value)}"]
        return [f"{shown(element.key)}={MASK}"]
    # Comments are often UTF-8, though Neo4j reads ISO-8859-1: show what the person wrote.
    source = element.source.rstrip("\r\n").encode(ENCODING)
    lines = [shown(line) for line in re.split(rb"\r\n|\r|\n", source)]
    # A commented setting, or one that a backslash made part of another's value, hides a secret too.
    return [_masked_line(line) for line in lines]


def _masked_line(line: str) -> str:
    decoded = _ESCAPE.sub(lambda match: chr(int(match[1], 16)), line)
    match = _SENSITIVE_SETTING.search(decoded)
    return line if match is None else f"{shown(decoded[: match.end()])}{MASK}"

"""The sentences of a plan: what each change does, how it is put back, what it does not cover."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.neo4j.addresses import backup_port
from wizard.neo4j.versions import rules_for
from wizard.planning.plan import Change, ChangeKind, FileRole, ServerPlan
from wizard.planning.view import ServerView


def change_of(kind: ChangeKind, server: ServerPlan) -> Change:
    """Return one change of one server, in words."""
    what, undo = _WORDS[kind]
    printed = any(file.role is FileRole.KEY_PASSWORD for file in server.files)
    trusted = sum(file.role is FileRole.TRUSTED for file in server.files)
    fills = {
        "name": server.server,
        "folder": server.base_directory,
        "conf": server.conf_file,
        "password": "the file with its password, " if printed else "",
        "trusted": "1 trusted certificate" if trusted == 1 else f"{trusted} trusted certificates",
    }
    return Change(
        id=f"{kind}:{server.server}",
        server=server.server,
        kind=kind,
        what=what.format_map(fills),
        undo=undo.format_map(fills),
    )


def _words(what: str, undo: str) -> tuple[str, str]:
    return what, undo


_WORDS = {
    ChangeKind.STAGE: _words(
        "Put a private key, {password}a certificate and {trusted} into {folder} on {name}, and "
        "prepare the changed neo4j.conf beside the present one.",
        "Remove these files and the folder again.",
    ),
    ChangeKind.VALIDATE: _words(
        "Read the files back on {name}, and check them by Neo4j's own rules.",
        "Nothing is changed, so nothing is put back.",
    ),
    ChangeKind.STOP: _words(
        "Stop Neo4j on {name}, and wait until its process is gone.",
        "Start Neo4j again.",
    ),
    ChangeKind.COMMIT: _words(
        "Rename the changed neo4j.conf over {conf} on {name}, if nobody has changed it since.",
        "Put the kept original back, with its mode, owner and time.",
    ),
    ChangeKind.START: _words(
        "Start Neo4j on {name} with the cluster policy, and follow its logs.",
        "Stop Neo4j, so that the original neo4j.conf can be put back.",
    ),
}


def stays_unencrypted(views: Sequence[ServerView]) -> tuple[str, ...]:
    """Return a sentence for everything the cluster policy does not cover on these servers."""
    if not views:
        return ()
    sentences: list[str] = []
    if not all(map(_has_encrypted_bolt, views)):
        sentences.append(
            "Bolt, which applications connect by (usually port 7687), needs an SSL policy of its "
            "own."
        )
    if not all(map(_has_no_http, views)):
        sentences.append(
            "HTTP, which Neo4j Browser is loaded by (usually port 7474), stays in plain text."
        )
    if not all(map(_has_encrypted_backup, views)):
        ports = sorted({backup_port(view.conf, view.version).port for view in views})
        listed = ", ".join(map(str, ports))
        sentences.append(
            f"Backups by the backup port ({listed}) stay in plain text until a backup policy is "
            "set; keep that port away from the network."
        )
    if any(rules_for(view.version).has_fabric for view in views):
        sentences.append(
            "Fabric queries to other clusters use the fabric policy, which is not set here."
        )
    return tuple(sentences)


def _has_encrypted_bolt(view: ServerView) -> bool:
    """A Bolt policy alone encrypts nothing: tls_level must be REQUIRED.

    Where policies have free names there is always one for Bolt, made by Neo4j itself.
    """
    levels = (view.conf.get(f"{name}.bolt.tls_level") for name in ("server", "dbms.connector"))
    required = any((level or "").strip().upper() == "REQUIRED" for level in levels)
    has_policy = rules_for(view.version).named_policies
    return required and (has_policy or _is_on(view, "dbms.ssl.policy.bolt.enabled"))


def _has_encrypted_backup(view: ServerView) -> bool:
    named_by = rules_for(view.version).apply_setting.get("backup")
    if named_by is not None:
        return bool((view.conf.get(named_by) or "").strip())
    return _is_on(view, "dbms.ssl.policy.backup.enabled")


def _has_no_http(view: ServerView) -> bool:
    """HTTP is on unless it is switched off, also beside HTTPS."""
    states = (view.conf.get(f"{name}.http.enabled") for name in ("server", "dbms.connector"))
    return any((state or "").strip().lower() == "false" for state in states)


def _is_on(view: ServerView, key: str) -> bool:
    return (view.conf.get(key) or "").strip().lower() == "true"

"""What stands on a server beside its neo4j.conf when the plan is made, as one hash."""

from __future__ import annotations

import hashlib

from wizard.model.facts import PolicyFiles, ServerFacts


def standing_sha256(facts: ServerFacts) -> str:
    """Return a hash of the names below the certificates folder, and of the present policy's files.

    A file more, one less, or another certificate in the present policy gives another hash.
    """
    digest = hashlib.sha256()
    stat = facts.certificates_stat
    pieces = [repr(None if stat is None else (stat.mode, stat.uid, stat.gid)).encode()]
    pieces += [name.encode(errors="surrogateescape") for name in facts.certificates_entries]
    pieces += _policy(facts.policy_files)
    for piece in pieces:
        digest.update(b"%d:" % len(piece) + piece)
    return digest.hexdigest()


def _policy(files: PolicyFiles | None) -> list[bytes]:
    if files is None:
        return [b"none"]
    trusted = files.trusted
    named = sorted((trusted or {}).items())
    return [
        files.directory.encode(errors="surrogateescape"),
        files.public_certificate or b"unreadable",
        repr((files.private_key_exists, trusted is None)).encode(),
        *(part for name, raw in named for part in (name.encode(errors="surrogateescape"), raw)),
    ]

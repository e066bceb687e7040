"""What stands on a server beside its neo4j.conf when the plan is made, as one hash."""

from __future__ import annotations

import hashlib
import re

from wizard.model.facts import PolicyFiles, ServerFacts

_OF_A_RUN = re.compile(r"\./cluster-\d{8}-\d{6}-[0-9a-f]{4}(?:/|$)")


def standing_sha256(facts: ServerFacts) -> str:
    """Return a hash of the names below the certificates folder, and of the present policy's files.

    A file more, one less, or another certificate in the present policy gives another hash. What
    a run of ours has put there does not: it may be this very plan, staged already.
    """
    digest = hashlib.sha256()
    others = (name for name in facts.certificates_entries if not _OF_A_RUN.match(name))
    pieces = [name.encode(errors="surrogateescape") for name in others]
    for piece in (*pieces, *_policy(facts.policy_files)):
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

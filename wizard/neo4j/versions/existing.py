"""Which versions of Neo4j there are, which of them are known, and which are worked on."""

from __future__ import annotations

from wizard.model.version import Version

FIRST_KNOWN = Version(3, 5)
"""The oldest version the facts hold for; 3.4 and before name no policy for verify_hostname."""

OLDEST = FIRST_KNOWN
"""The oldest version worked on."""

NEWEST_KNOWN = Version(2026, 8)
"""The newest version the facts were read for (Operations Manual, branch 2026.08)."""

_GAPS = (
    (Version(3, 7), Version(4, 0)),  # 3.6 is the open ONgDB, with the rules of 3.5
    (Version(4, 5), Version(5, 0)),
    (Version(6, 0), Version(2025, 1)),
)
"""No version lies in these: from the first one on, up to but without the second."""


def is_known(version: Version) -> bool:
    """Whether the facts hold for a version, or for its like that is newer than they are."""
    return version >= FIRST_KNOWN and _exists(version)


def refusal(version: Version) -> str | None:
    """Return why a version is not worked on, as one full sentence, or None when it is."""
    if not _exists(version):
        return f"There is no Neo4j {version}; look at the version in the answers."
    if version < FIRST_KNOWN:
        return (
            f"Neo4j {version} is older than {FIRST_KNOWN.major}.{FIRST_KNOWN.minor}, and this "
            "wizard knows no rules for it; upgrade the cluster to 4.4 or later first."
        )
    return None


def _exists(version: Version) -> bool:
    return not any(first <= version < end for first, end in _GAPS)

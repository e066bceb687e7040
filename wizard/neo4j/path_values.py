"""Paths in neo4j.conf as Neo4j reads them, which is not always what stands there.

Sources: `Config`, `SettingValueParsers.PATH` and its `fixSeparatorsInPath`, asked with the classes
of 3.5.35, 4.0.12, 4.4.48, 5.1.0, 5.26.30, 2025.01.0 and 2026.08.1.
"""

from __future__ import annotations

import re
from posixpath import normpath

from wizard.model.version import Version
from wizard.neo4j.versions import rules_for

_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\f": "\\f"}
_LAST_ASCII = "~"


def as_java_reads(value: str, version: Version) -> str:
    """Return the path Neo4j makes of a value: backslashes are slashes, and `.` and `..` are gone.

    Blanks stay, and so does a `..` at the beginning.

    From 5.0 on the value is escaped like a Java string before that, so that letters outside ASCII
    and quotes never lead to the file that was meant.

    Args:
        value: as read from neo4j.conf in the version's encoding.
        version: the version that starts.
    """
    if rules_for(version).escapes_paths:
        value = "".join(_escaped(character) for character in value)
    path = normpath(re.sub("/+", "/", value.replace("\\", "/")))
    return "" if path == "." else path


def _escaped(character: str) -> str:
    if character in _SHORT:
        return _SHORT[character]
    if " " <= character <= _LAST_ASCII:
        return character
    return f"\\u{ord(character):04X}"

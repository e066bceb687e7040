"""Kinds of settings and values, as far as a name or a value shows them by itself.

There is no list of all settings here: what is not recognised is left alone.
"""

from __future__ import annotations

import re

FAMILIES = (
    *("dbms.", "server.", "db.", "initial.", "causal_clustering.", "ha.", "fabric.", "bolt."),
    *("https.", "cypher.", "browser.", "client.", "metrics.", "tools.", "apoc.", "gds."),
    *("genai.", "internal.", "unsupported.", "system.", "org.neo4j."),
)
"""What the names of settings begin with, of Neo4j and of its usual plugins."""

SSL = "dbms.ssl.policy."

_SETTING = re.compile(
    rf"[ \t\f]*(?P<key>(?:{'|'.join(map(re.escape, FAMILIES))})[A-Za-z0-9_.*-]+)[ \t\f]*[=:]"
)
_PATHS = re.compile(
    r"dbms\.ssl\.policy\.[^.]+\."
    r"(base_directory|private_key|public_certificate|trusted_dir|revoked_dir)"
    r"|(dbms|server|unsupported\.dbms|internal\.server)\.directories\..+"
    r"|dbms\.netty\.ssl\..*path|server\.logs\.(user\.|)config"
)
_SECRETS = re.compile(
    r"pas+w|pa?s+wor|pass_?phrase|pwd|secret|token|credential|key_p", re.IGNORECASE
)
_CERTAIN = re.compile(
    r"true|false|\d+(\.\d+)?|\d+[kmgt]i?b?|\d+(ms|s|m|h|d)"
    r"|none|optional|require|core|read_replica|single"
    r"|TLSv1(\.[0-3])?(,\s*TLSv1(\.[0-3])?)*"
    r"|(\[[0-9a-f:]+\]|[a-z0-9_.-]+)?:\d{1,5}(,\s*[a-z0-9_.-]+:\d{1,5})*"
    r"|\d{1,3}(\.\d{1,3}){3}",
    re.IGNORECASE,
)


def setting_in(line: str) -> str | None:
    """Return the name of the setting a natural line looks like, or None."""
    match = _SETTING.match(line)
    return None if match is None else match["key"]


def is_of_neo4j(key: str) -> bool:
    """Whether a name could be one of Neo4j's or its plugins', in any case of its letters."""
    return key.lower().startswith(FAMILIES)


def is_path(key: str) -> bool:
    """Whether a setting is known to hold a path."""
    return _PATHS.fullmatch(key) is not None


def is_secret(text: str) -> bool:
    """Whether a name or a text speaks of a secret, misspelt or not: then no value is shown."""
    return _SECRETS.search(text) is not None


def is_free(key: str) -> bool:
    """Whether a setting holds options of Java, where quotes, blanks and signs have uses."""
    return key.endswith(".jvm.additional")


def is_certain(value: str) -> bool:
    """Whether a value is a switch, a choice, a number, a size, a time or an address."""
    return _CERTAIN.fullmatch(value.strip()) is not None


def is_switch(value: str) -> bool:
    """Whether a value is that of a switch."""
    return value.strip().lower() in {"true", "false"}

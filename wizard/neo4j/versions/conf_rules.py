"""How neo4j.conf is read, version by version."""

from __future__ import annotations

from enum import Enum, auto

from wizard.neo4j.versions.fact import since


class Duplicates(Enum):
    """What becomes of a setting that stands twice."""

    FIRST_WINS = auto()
    LAST_WINS = auto()
    FATAL = auto()


class ConfFacts:
    """What Neo4j makes of the text of neo4j.conf."""

    __slots__ = ()

    duplicates = since(
        "Config of neo4j-kernel 3.5.35 (putIfAbsent), of neo4j-configuration 4.x and 5.x",
        ("3.5", Duplicates.FIRST_WINS),
        ("4.0", Duplicates.LAST_WINS),
        ("5.0", Duplicates.FATAL),
    )
    """Where it is fatal, the last one wins once strict validation is switched off."""

    reads_utf8 = since(
        "Config of neo4j-configuration 2025.01.0, asked with its own classes",
        ("3.5", False),
        ("2025.01", True),
    )
    """Whether neo4j.conf is UTF-8; before that it is ISO-8859-1."""

    strict_by_default = since(
        "Operations Manual 5, server.config.strict_validation.enabled",
        ("3.5", False),
        ("5.0", True),
    )
    """Whether an unknown or repeated setting stops the start unless that is switched off."""

    refuses_only_own_names = since(
        "Config of 3.5.35 and 4.0.12, asked", ("3.5", True), ("4.0", False)
    )
    """Whether strict validation lets names pass that begin with no namespace of Neo4j's."""

    strict_settings = since(
        "Operations Manual 4.4 and 5, Configuration settings; 5 takes the older name too",
        ("3.5", ("dbms.config.strict_validation",)),
        ("5.0", ("server.config.strict_validation.enabled", "dbms.config.strict_validation")),
    )
    """The settings that switch strict validation; the first one that stands counts."""

    refuses_apoc = since(
        "Config of 5.0.0 and later, asked: APOC has a file of its own, apoc.conf",
        ("3.5", False),
        ("5.0", True),
    )
    """Whether strict validation refuses settings of APOC in neo4j.conf."""

    checks_addresses = since(
        "Config of 3.5.35 and 4.0.12 to 2026.08.1, asked", ("3.5", False), ("4.0", True)
    )
    """Whether an address with a blank in it stops the start."""

    expands_commands = since(
        "Config.isCommand of neo4j-configuration 4.2.19; 4.1.13 has none",
        ("3.5", False),
        ("4.2", True),
    )
    """Whether `$(...)` is a command once Neo4j is started with `--expand-commands`."""

    command_conf_mode = since(
        "Config of neo4j-configuration 4.2.19, 4.3.24, 4.4.48, 5.1.0 and 5.26.30, asked",
        ("3.5", 0),
        ("4.2", 0o600),
        ("4.3", 0o640),
    )
    """What neo4j.conf may allow at most where Neo4j is started with `--expand-commands`."""

    trims_choices = since(
        "Config of 3.5.35, 4.0.12, 4.1.13 and 4.2.19, asked",
        ("3.5", False),
        ("4.2", True),
    )
    """Whether blanks around `true`, `false` or REQUIRE are cut off; else the value is refused."""

    normalizes_paths = since("Config of 3.5.35 and 4.0.12, asked", ("3.5", False), ("4.0", True))
    """Whether `.` and `..` are taken out of paths, and `..` may not lead out of the parent."""

    escapes_paths = since(
        "SettingValueParsers.PATH of 4.4.48 and 5.1.0, asked", ("3.5", False), ("5.0", True)
    )
    """Whether a path is escaped like a Java string first, so that letters outside ASCII break."""

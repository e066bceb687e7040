"""The words in which Neo4j refuses a neo4j.conf, version by version."""

from __future__ import annotations

from wizard.neo4j.versions.fact import since

_VALUE = "Settings of neo4j-kernel 3.5.35; SettingImpl of neo4j-configuration 4.0.12, asked"
_4 = "Error evaluating value for setting '{key}'. "


class WordFacts:
    """Messages with `{key}`, `{value}`, `{path}` or `{name}` where Neo4j puts them."""

    __slots__ = ()

    bad_boolean = since(
        _VALUE,
        ("3.5", "Bad value '{value}' for setting '{key}': must be 'true' or 'false'"),
        ("4.0", _4 + "'{value}' is not a valid boolean value, must be 'true' or 'false'"),
    )
    """A switch that is neither on nor off."""

    bad_client_auth = since(
        _VALUE,
        (
            "3.5",
            (
                "Bad value '{value}' for setting '{key}': must be one of [NONE, OPTIONAL, REQUIRE] "
                "case insensitive"
            ),
        ),
        ("4.0", _4 + "'{value}' not one of [NONE, OPTIONAL, REQUIRE]"),
    )
    """A client_auth that does not exist."""

    bad_path = since(
        "SettingValueParsers.PATH of 4.0.12, 4.1.13 and 4.4.48, asked; 3.5.35 takes any path",
        ("3.5", ""),
        ("4.0", _4 + "'{path}' is not a normalized path."),
        ("4.1", _4 + "Failed to validate '{path}' for '{key}': '{path}' is not a normalized path."),
    )
    """A path that leads out of its parent with `..`; empty where that is allowed."""

    bad_command = since(
        "Config of 4.1.13, 4.2.19, 4.3.24 and 4.4.48, asked: 4.1 knows no commands",
        ("3.5", ""),
        (
            "4.2",
            _4 + "{value} is a command, but config is not explicitly told to expand it.",
        ),
        (
            "4.4",
            _4 + "{value} is a command, but config is not explicitly told to expand it. "
            "(Missing --expand-commands argument?)",
        ),
    )
    """A command without leave to run; empty where `$(...)` is text like any other."""

    bad_suffix = since(
        "SslPolicyConfigValidator of neo4j-kernel 3.5.35, asked; 4.0 and later ignore it",
        ("3.5", "Invalid setting name: {key}"),
        ("4.0", ""),
    )
    """A suffix of a policy that means nothing; empty where nothing is said."""

    missing_base_directory = since(
        "SslPolicyConfigValidator of neo4j-kernel 3.5.35, asked; 4.0 and later have a default",
        ("3.5", "Missing mandatory setting: {key}"),
        ("4.0", ""),
    )
    """A policy without base_directory; empty where it may be left out."""

    unknown_policy = since(
        "SslPolicyLoader.getPolicy of 3.5.35 and 4.4.48",
        ("3.5", "Cannot find enabled SSL policy with name '{name}' in the configuration"),
    )
    """A policy that is named somewhere and stands nowhere."""

    unknown_setting = since(
        "Config of 4.4.48 and 5.1.0, asked",
        ("3.5", "Unknown config option: {key}"),
        ("4.0", "Unrecognized setting. No declared setting with name: {key}"),
        (
            "5.0",
            (
                "Unrecognized setting. No declared setting with name: {key}. Cleanup the config or "
                "disable 'server.config.strict_validation.enabled' to continue."
            ),
        ),
    )
    """A setting nobody declared, where validation is strict."""

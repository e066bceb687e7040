"""All checks of SSL policies, in the order in which they are run."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.neo4j.lint.finding import Check, Finding
from wizard.neo4j.lint.policy.ciphers import cipher_lists
from wizard.neo4j.lint.policy.host_names import checks_names_of_addresses, says_nothing_of_names
from wizard.neo4j.lint.policy.in_use import (
    other_channels,
    policies_not_enabled,
    policies_not_named,
    policies_without_a_folder,
    scopes_without_use,
)
from wizard.neo4j.lint.policy.key_passwords import key_passwords
from wizard.neo4j.lint.policy.lines import policy_lines
from wizard.neo4j.lint.policy.names_dialled import (
    addresses_nobody_can_dial,
    members_with_another_port,
    ports_apart,
)
from wizard.neo4j.lint.policy.protocols import tls_versions
from wizard.neo4j.lint.policy.scopes import scopes_in_capitals, unknown_names
from wizard.neo4j.lint.policy.suffixes import unknown_suffixes
from wizard.neo4j.lint.policy.trusting import asks_for_no_certificate, trusts_everybody
from wizard.neo4j.lint.policy.values import refused_choices, refused_paths, refused_switches
from wizard.neo4j.lint.reading import Reading


def names_of_policies(reading: Reading) -> Iterator[Finding]:
    """Find names that are misspelt or that Neo4j never had."""
    lines = tuple(policy_lines(reading))
    yield from unknown_names(reading, lines)
    yield from scopes_in_capitals(reading, lines)
    yield from unknown_suffixes(reading, lines)


POLICY_CHECKS: tuple[Check, ...] = (
    names_of_policies,
    refused_choices,
    refused_switches,
    refused_paths,
    policies_without_a_folder,
    policies_not_named,
    policies_not_enabled,
    scopes_without_use,
    tls_versions,
    cipher_lists,
    trusts_everybody,
    asks_for_no_certificate,
    checks_names_of_addresses,
    says_nothing_of_names,
    key_passwords,
    addresses_nobody_can_dial,
    ports_apart,
    members_with_another_port,
    other_channels,
)

"""All checks of SSL policies, in the order in which they are run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wizard.neo4j.lint.policies_in_use import (
    misspelt_uses,
    other_channels,
    policies_not_enabled,
    policies_not_named,
    policies_without_a_folder,
)
from wizard.neo4j.lint.scopes import scopes_in_capitals, unknown_names
from wizard.neo4j.lint.suffixes import unknown_suffixes

if TYPE_CHECKING:
    from wizard.neo4j.lint.finding import Check

POLICY_CHECKS: tuple[Check, ...] = (
    unknown_names,
    scopes_in_capitals,
    unknown_suffixes,
    policies_without_a_folder,
    policies_not_named,
    misspelt_uses,
    policies_not_enabled,
    other_channels,
)

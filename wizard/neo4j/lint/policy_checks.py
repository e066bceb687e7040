"""All checks of SSL policies, in the order in which they are run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from wizard.neo4j.lint.finding import Check

POLICY_CHECKS: tuple[Check, ...] = ()

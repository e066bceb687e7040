"""All checks of the file's text, in the order in which they are run."""

from __future__ import annotations

from wizard.neo4j.lint.backslashes import lost_backslashes, malformed_escapes
from wizard.neo4j.lint.blanks import blanks_after_paths, blanks_after_switches, other_blanks
from wizard.neo4j.lint.commands import commands, no_commands
from wizard.neo4j.lint.comments import comments_behind_values
from wizard.neo4j.lint.duplicates import repeated_settings
from wizard.neo4j.lint.encoding import byte_order_mark, unseen_blanks, wrong_letters
from wizard.neo4j.lint.finding import Check
from wizard.neo4j.lint.keepers import managed_by_a_tool, wizards_block, written_by_a_container
from wizard.neo4j.lint.names import lines_without_a_setting, names_in_capitals, slips_in_names
from wizard.neo4j.lint.other_versions import settings_of_other_versions
from wizard.neo4j.lint.quotes import quoted_values
from wizard.neo4j.lint.strictness import settings_of_apoc, strictness_that_is_none
from wizard.neo4j.lint.swallowed import swallowed_lines

TEXT_CHECKS: tuple[Check, ...] = (
    managed_by_a_tool,
    byte_order_mark,
    malformed_escapes,
    swallowed_lines,
    lost_backslashes,
    unseen_blanks,
    wrong_letters,
    comments_behind_values,
    quoted_values,
    blanks_after_paths,
    blanks_after_switches,
    other_blanks,
    lines_without_a_setting,
    names_in_capitals,
    slips_in_names,
    settings_of_other_versions,
    strictness_that_is_none,
    settings_of_apoc,
    repeated_settings,
    commands,
    no_commands,
    written_by_a_container,
    wizards_block,
)

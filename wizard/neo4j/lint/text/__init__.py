"""All checks of the file's text, in the order in which they are run."""

from __future__ import annotations

from wizard.neo4j.lint.finding import Check
from wizard.neo4j.lint.text.backslashes import lost_backslashes, malformed_escapes
from wizard.neo4j.lint.text.blanks import blanks_after_paths, blanks_after_switches, other_blanks
from wizard.neo4j.lint.text.commands import commands, no_commands
from wizard.neo4j.lint.text.comments import comments_behind_values
from wizard.neo4j.lint.text.duplicates import repeated_settings
from wizard.neo4j.lint.text.encoding import byte_order_mark, unseen_blanks, wrong_letters
from wizard.neo4j.lint.text.keepers import managed_by_a_tool, wizards_block, written_by_a_container
from wizard.neo4j.lint.text.names import lines_without_a_setting, names_in_capitals, slips_in_names
from wizard.neo4j.lint.text.other_versions import settings_of_other_versions
from wizard.neo4j.lint.text.quotes import quoted_values
from wizard.neo4j.lint.text.strictness import settings_of_apoc, strictness_that_is_none
from wizard.neo4j.lint.text.swallowed import swallowed_lines

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

"""The last lines, printed after the screens have gone, so that they stay in the scrollback."""

from __future__ import annotations

from screens.journey import Journey
from screens.outcome_words import PUT_BACK, command_of
from screens.progress_words import ENDS
from screens.running import Running
from wizard.model.problems import Severity


def summary(running: Running | None, journey: Journey) -> list[str]:
    """Return the lines: how it ended, the counts of the boards, the command, the paths."""
    finished = running.finished if running is not None else None
    if running is None or finished is None:
        return ["Nothing was changed."]
    outcome = running.outcome
    lines = [ENDS[finished.result]]
    practice = ["It was practice: nothing of it is left."] if journey.on_practice else []
    if outcome is None:
        return lines + practice
    grave = [one for one in outcome.problems if one.severity is Severity.ERROR]
    for one in dict.fromkeys(grave):
        where = f"{one.server}: " if one.server else ""
        lines.append(f"✗ {where}{one.message.removeprefix(where)}")
    if outcome.links.pairs and finished.result not in PUT_BACK:
        lines.append(outcome.links.summary)
    if outcome.proof.rows:
        lines.append(outcome.proof.summary)
    if practice:
        return lines + practice
    lines += [f"{what}: {path}" for what, path in outcome.files.items()]
    if outcome.kit is not None:
        lines.append(f"for those who connect: {outcome.kit.folder}")
    commands = (command_of(outcome), outcome.undo_command)
    lines += [f"  {command}" for command in commands if command]
    return lines

"""The end of a walk in sentences: the boards, what expires when, and what to keep."""

from __future__ import annotations

from wizard.engine.papers.outcome import Outcome
from wizard.prompts.asker import Asker
from wizard.prompts.questions import paragraph


def say_outcome(asker: Asker, outcome: Outcome, *, practice: bool) -> None:
    """Say what was done, how it was proved, and what whoever comes next has to know."""
    mark = "PRACTICE - " if practice else ""
    asker.say()
    asker.say(f"{mark}Outcome for the cluster {outcome.cluster}: {outcome.result}")
    _boards(asker, outcome)
    _dates(asker, outcome)
    _list(asker, "The cluster policy does not cover:", outcome.stays_unencrypted)
    _list(
        asker, "Written for you:", tuple(f"{what}: {path}" for what, path in outcome.files.items())
    )
    if outcome.kit is not None:
        asker.say()
        asker.say(f"For those who connect, in {outcome.kit.folder}:")
        for sentence in outcome.kit.handed:
            paragraph(asker, sentence, "  ")
    if outcome.authority_folder is not None:
        asker.say()
        paragraph(asker, _authority(outcome))
    _command(asker, "The same without questions:", outcome.command)
    _command(asker, "To put every server back as it was:", outcome.undo_command)


def _authority(outcome: Outcome) -> str:
    where = f"The certificate authority is in {outcome.authority_folder}."
    if outcome.key_kept:
        return f"{where} Without its key no certificate can be renewed and no server added."
    return (
        f"{where} Its key was destroyed, as the answers asked: a renewal or a further server means "
        "certificates for all servers again."
    )


def _boards(asker: Asker, outcome: Outcome) -> None:
    if outcome.links.servers:
        _list(asker, "Links, by the servers' own logs:", tuple(outcome.links.lines(76)))
    if outcome.proof.rows:
        _list(asker, "What each port did with each visitor:", tuple(outcome.proof.lines(76)))


def _dates(asker: Asker, outcome: Outcome) -> None:
    dates = tuple(f"{what}: {when:%Y-%m-%d}" for what, when in outcome.expiries.items())
    _list(asker, "Valid until:", dates)


def _list(asker: Asker, title: str, lines: tuple[str, ...]) -> None:
    if not lines:
        return
    asker.say()
    asker.say(title)
    for line in lines:
        asker.say(f"  {line}")


def _command(asker: Asker, title: str, command: str) -> None:
    if command:
        asker.say()
        asker.say(title)
        asker.say(f"  {command}")

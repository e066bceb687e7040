"""The words of the last screen: the verdict, what was wrong, and what to keep in mind."""

from __future__ import annotations

from collections.abc import Iterable

from textual.content import Content

from screens.widgets.problem_box import problem_content
from wizard.engine.events import Result
from wizard.engine.papers.outcome import Outcome
from wizard.model.problems import Problem, Severity

PUT_BACK = (Result.REVERTED, Result.INTERRUPTED)
"""After these every server is as it was before."""
STANDING = (Result.OK, Result.PROBLEMS)
"""After these the cluster runs with what was made."""

HEADS = {
    ("apply", Result.OK): ("✓ The cluster is encrypted, and it is proved.", "good"),
    ("apply", Result.PROBLEMS): ("! The cluster is encrypted; something is open below.", "warned"),
    ("apply", Result.REVERTED): ("✗ It did not work; every server was put back.", "bad"),
    ("apply", Result.STOPPED): ("✗ It stopped half-way: resume goes on, undo puts back.", "bad"),
    ("apply", Result.INTERRUPTED): ("! You stopped it; nothing is left half-done.", "warned"),
    ("verify", Result.OK): ("✓ The cluster is encrypted, and it is proved.", "good"),
    ("verify", Result.PROBLEMS): ("✗ The proof found something.", "bad"),
    ("undo", Result.OK): ("✓ Every server is as it was before.", "good"),
}
UNANSWERED = ("! The cluster is encrypted; some probes got no answer, and prove nothing.", "warned")
OPEN = ("! The cluster is encrypted, but not as it should be: see every ✗ below.", "warned")
AGAIN = {
    Result.REVERTED: (
        "Every file is as it was before, and every server runs as it did. When the cause is "
        "mended, go back to the review and say yes once more."
    ),
    Result.INTERRUPTED: "Every server runs as it did before; you can go back to the review.",
}


def headline(outcome: Outcome) -> tuple[str, str]:
    """Return the verdict in one sentence, and its tone."""
    key = (outcome.command_name, outcome.result)
    _good, bad, unanswered = outcome.proof.counts
    if outcome.result is Result.OK and (bad or unanswered):
        return OPEN if bad else UNANSWERED
    return HEADS.get(key, (f"Ended: {outcome.result}.", "warned"))


def why(outcome: Outcome) -> Content:
    """Draw what stands right under the verdict: the cause with its way out, and what to do."""
    lines = [problem_content(one) for one in _once(outcome.problems) if _grave(one)]
    boards = bool(outcome.links.seen or outcome.proof.rows)
    if outcome.result in PUT_BACK and outcome.command_name == "apply":
        lines += (
            [Content(""), Content(AGAIN[outcome.result])]
            if lines
            else [Content(AGAIN[outcome.result])]
        )
    elif outcome.result is Result.OK and outcome.links.complete and _all_answered(outcome):
        words = "Every server reaches the others by certificate; every stranger is refused."
        lines.append(Content(words))
    return Content("\n").join([*lines, Content("")] if lines and boards else lines)


def rest(outcome: Outcome, more: Iterable[str]) -> Content:
    """Draw what comes after the boards, as much of it as the result left true."""
    back = outcome.result in PUT_BACK
    notes = [problem_content(one) for one in _once(outcome.problems) if not _grave(one)]
    lines = _part("The outage", [Content(line) for line in (outcome.downtime_words,) if line])
    lines += [] if back else _part("What expires when", map(Content, _dates(outcome)))
    lines += _part("Where things are", map(Content, [*_places(outcome, back=back), *more]))
    if not back:
        lines += _part("For those who connect", _kit(outcome))
        lines += _part("Worth knowing", notes)
        lines += _part("What stays unencrypted", _points(outcome.stays_unencrypted))
    commands = [command_of(outcome), "" if back else outcome.undo_command]
    title = "The same without questions" if back else "The same without questions, and back"
    lines += _part(title, [Content(one) for one in commands if one])
    return Content("\n").join(lines)


def command_of(outcome: Outcome) -> str:
    """Return the command that does the same; for a run that stopped, the one that goes on."""
    if outcome.result is Result.STOPPED and outcome.run:
        return f"neo4j-tls resume {outcome.run}"
    return outcome.command


def _all_answered(outcome: Outcome) -> bool:
    good, bad, unanswered = outcome.proof.counts
    return bool(good) and not bad and not unanswered


def _grave(problem: Problem) -> bool:
    return problem.severity is not Severity.NOTE


def _once(problems: Iterable[Problem]) -> list[Problem]:
    """Return each problem once, the gravest first."""
    weights = list(Severity)
    return sorted(dict.fromkeys(problems), key=lambda one: weights.index(one.severity))


def _dates(outcome: Outcome) -> list[str]:
    """Name what expires, a line a day."""
    days: dict[str, list[str]] = {}
    for one in sorted(outcome.servers, key=lambda server: server.not_after):
        days.setdefault(f"{one.not_after:%Y-%m-%d}", []).append(one.server)
    lines = [
        f"{day}  the certificate{'s' * (len(names) > 1)} of {', '.join(names)}"
        for day, names in days.items()
    ]
    if outcome.authority_not_after is not None:
        lines.append(f"{outcome.authority_not_after:%Y-%m-%d}  the certificate authority")
    if outcome.kit is not None and outcome.kit.backup_not_after is not None:
        lines.append(f"{outcome.kit.backup_not_after:%Y-%m-%d}  the certificate for backups")
    return lines


def _kit(outcome: Outcome) -> list[Content]:
    """Name the client kit's folder, and which of its files is for whom."""
    if outcome.kit is None:
        return []
    return [Content(f"{outcome.kit.folder}/"), *_points(outcome.kit.handed)]


def _points(sentences: Iterable[str]) -> list[Content]:
    return [Content(f"· {sentence}") for sentence in sentences]


def _places(outcome: Outcome, *, back: bool) -> list[str]:
    """Name the folder of the run once, and what is in it."""
    run = outcome.run_folder
    kept = dict(outcome.files)
    if outcome.authority_folder is not None and not back:
        what = "copy it to a safe place" if outcome.key_kept else "its key was destroyed"
        kept[f"certificate authority ({what})"] = outcome.authority_folder
    inside = {what: path for what, path in kept.items() if run is not None and run in path.parents}
    width = max((len(path.name) for path in inside.values()), default=0)
    lines = [f"{run}/"] if inside else []
    lines += [
        f"    {path.relative_to(run)!s:<{width}}  {what}" for what, path in inside.items() if run
    ]
    return lines + [f"{path}  {what}" for what, path in kept.items() if what not in inside]


def _part(title: str, lines: Iterable[Content]) -> list[Content]:
    drawn = [
        Content.assemble("  ", piece)
        for line in lines
        for piece in line.split("\n", allow_blank=True)
    ]
    return [Content.styled(f"\n{title}", "bold $text-primary"), *drawn] if drawn else []

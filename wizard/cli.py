"""The command: reads its line, chooses who answers it, and turns how it ended into an exit code.

Nothing heavy is imported before it is known to be needed. A bug ends with 1, or with 4 when the
verb was changing servers, because some may then be half-changed.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
import traceback
from argparse import Namespace
from collections.abc import Callable, MutableMapping, Sequence
from types import FrameType, TracebackType

from wizard import arguments as command_line
from wizard.errors import CancelledError, WizardError
from wizard.front_end import FrontEnd, front_end

INTERRUPTED = 130
STOPPED = 4
PROBLEMS = 1


# Of Textual's own variables only those that change looks stay: the others log every key that is
# typed, passwords among them, or take pictures (textual/constants.py).
HARMLESS = frozenset(
    {"TEXTUAL_THEME", "TEXTUAL_ANIMATIONS", "TEXTUAL_COLOR_SYSTEM", "TEXTUAL_ESCAPE_DELAY"}
)

CHANGING = ("apply", "resume", "undo")
"""The verbs that change servers: an unexpected end of one may have left something half-done."""


def main(line: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code; the line is that of the process by default."""
    words = list(sys.argv[1:] if line is None else line)
    harden(os.environ)
    _turn_signals_into_interrupts()
    verb = _verb_of(words)
    options = Namespace(json="--json" in words)
    try:
        options = command_line.parsed(words)
        return _version() if options.version else _run(options)
    except WizardError as error:
        _tell(error, words)
        return error.exit_code
    except KeyboardInterrupt:
        return _interrupted(verb, options)
    except BrokenPipeError:
        return _reader_gone()
    except Exception as error:  # noqa: BLE001 - the outer border: a bug must not show local values
        return _crashed(error, verb, options)


def harden(environ: MutableMapping[str, str]) -> None:
    """Close what could carry a secret out: core files, open modes, Textual's logs, tracebacks."""
    os.umask(0o077)
    _show_only_places()
    for name in [name for name in environ if name.startswith("TEXTUAL") and name not in HARMLESS]:
        del environ[name]
    try:
        import resource  # noqa: PLC0415 - not on every platform
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))


def _show_only_places() -> None:
    """Let a thread or finaliser that fails tell its place without a message, as `_crashed` does."""

    def of_thread(failed: threading.ExceptHookArgs) -> None:
        if failed.exc_type is not SystemExit:
            _tell_places(failed.exc_type, failed.exc_traceback)

    def of_finaliser(failed: sys.UnraisableHookArgs) -> None:
        _tell_places(failed.exc_type, failed.exc_traceback)

    threading.excepthook = of_thread
    sys.unraisablehook = of_finaliser


def _run(options: Namespace) -> int:
    if options.verb is None:
        return _wizard(options)
    if options.verb == "practice":
        from wizard.practice_verb import main as practise  # noqa: PLC0415 - late, see above

        return practise(options)
    if options.verb == "lint":
        from wizard.lint_verb import main as lint  # noqa: PLC0415 - late, see above

        return lint(options)
    if options.verb == "inspect":
        from wizard.inspect_verb import main as inspect  # noqa: PLC0415 - late, see above

        return inspect(options)
    from wizard.headless import (  # noqa: PLC0415 - late, see above
        main_apply,
        main_plan,
        main_resume,
        main_runs,
        main_undo,
        main_verify,
    )

    verbs: dict[str, Callable[[Namespace], int]] = {
        "plan": main_plan,
        "apply": main_apply,
        "verify": main_verify,
        "resume": main_resume,
        "undo": main_undo,
        "runs": main_runs,
    }
    return verbs[options.verb](options)


def _wizard(options: Namespace) -> int:
    if front_end(plain=options.plain, environ=os.environ) is FrontEnd.SCREENS:
        from wizard.app import run as run_screens  # noqa: PLC0415 - late, see above

        return run_screens()
    from wizard.prompts import run as run_prompts  # noqa: PLC0415 - late, see above

    return run_prompts(plain=options.plain)


def _version() -> int:
    import platform  # noqa: PLC0415 - only this option needs them
    import re  # noqa: PLC0415
    from importlib import metadata  # noqa: PLC0415

    from wizard import __version__  # noqa: PLC0415

    print(f"neo4j-tls {__version__}")  # noqa: T201 - the answer
    print(f"Python {platform.python_version()}")  # noqa: T201
    try:
        wanted = metadata.requires("neo4j-tls-wizard") or []
    except metadata.PackageNotFoundError:
        wanted = []
    needed = [requirement for requirement in wanted if "extra ==" not in requirement]
    for name in sorted(re.split(r"[^A-Za-z0-9._-]", requirement)[0] for requirement in needed):
        print(f"{name} {metadata.version(name)}")  # noqa: T201
    return 0


def _turn_signals_into_interrupts() -> None:
    """Let a polite kill or a lost terminal unwind, so that what was opened is closed again."""

    def interrupt(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        # A signal that was ignored from outside, as by nohup, stays ignored.
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, interrupt)


def _verb_of(words: Sequence[str]) -> str:
    return next((word for word in words if not word.startswith("-")), "wizard")


def _tell(error: WizardError, words: Sequence[str]) -> None:
    _narrate(error.message)
    if error.hint:
        _narrate(error.hint)
    if "--json" in words:
        _print_events(error, _verb_of(words))


def _has_begun(options: Namespace) -> bool:
    """Whether a front end has already told the reader of JSON Lines that the command began."""
    return getattr(options, "begun", False) is True


def _print_events(error: WizardError, verb: str, *, begun: bool = False) -> None:
    """Give a reader of JSON Lines the same frame as after any other error."""
    from datetime import UTC, datetime  # noqa: PLC0415 - only for --json

    from wizard.engine import events  # noqa: PLC0415
    from wizard.model.problems import Problem, Severity  # noqa: PLC0415

    problem = Problem(
        code=error.code,
        severity=Severity.ERROR,
        message=error.message,
        hint=error.hint,
        key=getattr(error, "key", None),
        server=getattr(error, "server", None),
    )
    by_code = {code: result for result, code in events.EXIT_CODES.items()}
    # A plan has no time: equal answers give equal bytes.
    now = None if verb == "plan" else datetime.now(UTC)
    for event in (
        *(() if begun else (events.Started(command=verb, at=now),)),
        events.ProblemFound(problem=problem, at=now),
        events.Finished(result=by_code[error.exit_code], exit_code=error.exit_code, at=now),
    ):
        print(json.dumps(events.to_json(event)), flush=True)  # noqa: T201 - the answer


def _interrupted(verb: str, options: Namespace) -> int:
    message = (
        "Interrupted. See what was done with: neo4j-tls runs"
        if verb in CHANGING
        else "Nothing was changed."
    )
    _narrate(f"\n{message}")
    if getattr(options, "json", False):
        _print_events(CancelledError(message), verb, begun=_has_begun(options))
    return INTERRUPTED


def _reader_gone() -> int:
    """Whoever read our output has left; Python's own flush at the end must not fail as well."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return PROBLEMS


def _crashed(error: Exception, verb: str, options: Namespace) -> int:
    """Report a bug by its kind and place only: its message and values could hold a secret."""
    _tell_places(type(error), error.__traceback__)
    exit_code = PROBLEMS
    if verb in CHANGING:
        exit_code = STOPPED
        _narrate("Servers may be half-changed. See what was done with: neo4j-tls runs")
    if getattr(options, "json", False):
        failed = WizardError("The wizard itself failed.", code="crash")
        failed.exit_code = exit_code
        _print_events(failed, verb, begun=_has_begun(options))
    return exit_code


def _tell_places(kind: type[BaseException], trace: TracebackType | None) -> None:
    places = [
        f"  {frame.filename}:{frame.lineno} in {frame.name}"
        for frame in traceback.extract_tb(trace)
    ]
    _narrate(f"The wizard itself failed with {kind.__name__}, which it should never do, at:")
    _narrate("\n".join(places))


def _narrate(sentence: str) -> None:
    print(sentence, file=sys.stderr, flush=True)  # noqa: T201 - stdout is for data

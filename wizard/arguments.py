"""The command line as data: its verbs, their options and what a wrong one is answered with."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NoReturn

from wizard.errors import UsageError

PROGRAM = "neo4j-tls"
DEFAULT_SERVERS = 3
MOST_SERVERS = 9
DEFAULT_VERSION = "5.26"
FORMATION_TIMEOUT_MIN = 30

_EXIT_CODES = """\
exit codes:
  0  done, or nothing wrong
  1  problems were found; plan and apply have changed nothing
  2  the command line or an answer is missing or refused
  3  apply failed, and every server was put back
  4  stopped half-way; resume goes on, undo puts every server back
  5  a server could not be reached or gave no access; nothing was changed
  130  interrupted; nothing is half-done
"""


class Parser(argparse.ArgumentParser):
    """A parser that raises instead of leaving, so that a wrong line is answered in one place."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        raise UsageError(
            f"The command line is wrong: {message}.",
            hint=f"{self.prog} --help shows what can be asked for.",
        )


def parsed(line: Sequence[str]) -> argparse.Namespace:
    """Return the options of a command line; `verb` is None when it names none.

    Raises:
        UsageError: the line asks for something that does not exist.
    """
    return _parser().parse_args(line)


def _parser() -> Parser:
    parser = Parser(
        prog=PROGRAM,
        description="Takes a Neo4j cluster from plaintext to mutual TLS, and proves it.",
        epilog=_EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "--version", action="store_true", help="show the versions in use, and leave"
    )
    _plain(parser, default=False)
    verbs = parser.add_subparsers(dest="verb", metavar="VERB", parser_class=Parser)
    _add_practice(verbs)
    _add_plan(verbs)
    _add_apply(verbs)
    _add_verify(verbs)
    _add_resume(verbs)
    _add_undo(verbs)
    _add_runs(verbs)
    _add_inspect(verbs)
    _add_lint(verbs)
    return parser


_Verbs = argparse._SubParsersAction  # noqa: SLF001 - argparse has no public name for it


def _verb(verbs: _Verbs[Parser], name: str, about: str) -> Parser:
    sentence = f"{about[0].upper()}{about[1:]}."
    verb = verbs.add_parser(name, help=about, description=sentence, allow_abbrev=False)
    verb.add_argument("--json", action="store_true", help="print one JSON object a line")
    return verb


def _add_practice(verbs: _Verbs[Parser]) -> None:
    verb = _verb(verbs, "practice", "walk through it all on a simulated cluster on this computer")
    _plain(verb, default=argparse.SUPPRESS)
    verb.add_argument(
        "--servers", type=_server_count, default=DEFAULT_SERVERS, metavar="N", help="1 to 9 servers"
    )
    verb.add_argument(
        "--neo4j", default=DEFAULT_VERSION, metavar="VERSION", help="the version to simulate"
    )
    way = verb.add_mutually_exclusive_group()
    way.add_argument("--auto", action="store_true", help="take every default and ask nothing")
    way.add_argument(
        "--serve", action="store_true", help="only run the cluster, for the verbs to work on"
    )
    way.add_argument("--list-faults", action="store_true", help="show the faults by name")
    verb.add_argument("--encrypted", action="store_true", help="start already encrypted")
    verb.add_argument("--dir", metavar="DIR", help="keep everything in this folder")
    verb.add_argument(
        "--fault",
        action="append",
        default=[],
        metavar="NAME[@SERVER]",
        help="let a server go wrong, the last one if none is named",
    )


def _add_plan(verbs: _Verbs[Parser]) -> None:
    verb = _verb(verbs, "plan", "show what would change on which server; write nothing anywhere")
    _answers(verb)
    verb.add_argument(
        "--markdown", action="store_true", help="print it as Markdown, for a change ticket"
    )


def _add_apply(verbs: _Verbs[Parser]) -> None:
    verb = _verb(verbs, "apply", "encrypt the cluster and prove it")
    _answers(verb)
    _yes(verb)
    verb.add_argument(
        "--plan",
        metavar="SHA256",
        help="do exactly the plan with this number, or the one kept in this file; else nothing",
    )
    verb.add_argument(
        "--until",
        choices=("staged",),
        help="staged: put everything in place and check it, but stop no server yet",
    )
    _formation_timeout(verb)


def _add_verify(verbs: _Verbs[Parser]) -> None:
    about = "prove that every server is let in and every stranger refused; change nothing"
    verb = _verb(verbs, "verify", about)
    _answers(verb)
    verb.add_argument(
        "--nmap",
        action="store_true",
        help="let nmap on this computer look at every cluster port, too, and say where it differs;"
        " it tries TLS versions and ciphers, not certificates",
    )


def _add_resume(verbs: _Verbs[Parser]) -> None:
    verb = _verb(verbs, "resume", "go on with a run that was cut off or only staged, to its end")
    verb.add_argument("run", nargs="?", metavar="RUN", help="a run's id; the last one if left out")
    _from_elsewhere(verb)
    _secrets(verb)
    _yes(verb)
    _formation_timeout(verb)


def _from_elsewhere(verb: Parser) -> None:
    verb.add_argument(
        "--answers",
        metavar="FILE",
        help="the answers, to find the run on the servers: for a run of another computer",
    )
    verb.add_argument(
        "--take-over",
        metavar="RUN",
        help="the wizard that worked on this run has ended for certain: take its locks",
    )


def _add_undo(verbs: _Verbs[Parser]) -> None:
    verb = _verb(verbs, "undo", "put every server of a run back as it was")
    verb.add_argument("run", nargs="?", metavar="RUN", help="a run's id; the last one if left out")
    _from_elsewhere(verb)
    _secrets(verb)
    _yes(verb)


def _add_runs(verbs: _Verbs[Parser]) -> None:
    _verb(verbs, "runs", "list what was done from this computer")


def _add_lint(verbs: _Verbs[Parser]) -> None:
    about = "tell what Neo4j would do with a neo4j.conf, and what it would silently ignore"
    verb = _verb(verbs, "lint", about)
    verb.add_argument("conf", metavar="CONF", help="the neo4j.conf; it is only read")
    verb.add_argument(
        "--neo4j", required=True, metavar="VERSION", help="the version that is to read it"
    )
    verb.add_argument("--fix", action="store_true", help="write a mended copy beside it")


def _add_inspect(verbs: _Verbs[Parser]) -> None:
    verb = _verb(verbs, "inspect", "judge keys and certificates as Neo4j and its peers would")
    verb.add_argument(
        "files",
        nargs="+",
        metavar="FILE",
        help="keys, certificates, chains, CRLs, PKCS#12, or folders of them",
    )
    verb.add_argument("--server", metavar="HOST", help="the name or address that peers dial")
    verb.add_argument(
        "--neo4j", metavar="VERSION", help="the version that is to load them; the newest by default"
    )
    _secrets(verb)


def _plain(parser: argparse.ArgumentParser, *, default: object) -> None:
    parser.add_argument(
        "--plain",
        action="store_true",
        default=default,
        help="ask line by line, for screen readers and serial consoles",
    )


def _answers(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--answers", required=True, metavar="FILE", help="the answers, as TOML")
    _secrets(verb)


def _secrets(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--secrets", metavar="FILE", help="the secrets, as TOML that only you can read"
    )


def _yes(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--yes", action="store_true", help="do not ask before the changes")


def _formation_timeout(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--formation-timeout",
        type=_minutes,
        default=FORMATION_TIMEOUT_MIN,
        metavar="MINUTES",
        help="how long the servers may take to form the cluster again (30)",
    )


def _server_count(text: str) -> int:
    if text.isascii() and text.isdigit() and 1 <= int(text[:3]) <= MOST_SERVERS:
        return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 to {MOST_SERVERS}")


def _minutes(text: str) -> int:
    if text.isascii() and text.isdigit() and int(text[:6]) > 0:
        return int(text[:6])
    raise argparse.ArgumentTypeError(f"{text!r} is no number of minutes")

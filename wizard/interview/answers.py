"""The answers, for the other rooms: read, completed, parsed into settings and written."""

from wizard.interview.answers_file import load, to_toml
from wizard.interview.complete import complete, for_interview, unasked
from wizard.interview.given import Answers, server_rows
from wizard.interview.parsing import parse

__all__ = [
    "Answers",
    "complete",
    "for_interview",
    "load",
    "parse",
    "server_rows",
    "to_toml",
    "unasked",
]

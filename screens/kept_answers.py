"""The answers of the last walk, so that another one begins with them."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from pathlib import Path

from wizard.engine.places import make_private_folder, replace_private, state_directory
from wizard.errors import WizardError
from wizard.interview.answers import Answers, complete, for_interview, load, to_toml
from wizard.interview.fields import Given
from wizard.interview.welcome import OWN

SAVED = "last-answers.toml"


class KeptAnswers:
    """Reads them once, for this walk soon writes its own there.

    Args:
        environ: names the state folder.
    """

    def __init__(self, environ: Mapping[str, str]) -> None:
        self._environ = environ
        self._kept: Answers | None = None

    @property
    def _file(self) -> Path:
        return state_directory(self._environ) / SAVED

    def read(self) -> Answers:
        """Return the answers of the last walk; none where there was none."""
        if self._kept is None:
            self._kept = Answers()
            with contextlib.suppress(WizardError):
                if self._file.is_file():
                    self._kept = for_interview(load(self._file))
        return self._kept

    def save(self, given: Given) -> None:
        """Keep the answers for another day; that they can't be kept stops nothing."""
        answers = Answers({**self.read(), **given})
        if given.get("walk") != OWN or "servers" not in answers:
            return
        with contextlib.suppress(WizardError, OSError):
            make_private_folder(state_directory(self._environ))
            replace_private(self._file, to_toml(complete(answers)).encode())

"""Certificates by request, line by line: the walk ends with where to send what."""

from __future__ import annotations

import os

from test_prompts_practice import SURE, Person, state

from wizard.practice.cluster import PracticeCluster
from wizard.prompts import run


def test_requests_are_made_and_the_walk_waits() -> None:
    with PracticeCluster(2) as cluster:
        before = state(cluster)
        person = Person(**SURE, **{"Certificates from": "request"})
        assert run(cluster, asker=person, environ=os.environ) == 0
        assert "Waiting for certificates" in person.text
        assert state(cluster) == before


def test_a_missing_folder_is_asked_for_again() -> None:
    with PracticeCluster(1) as cluster:
        person = Insistent(**SURE, **{"Certificates from": "existing"})
        assert run(cluster, asker=person, environ=os.environ) == 2
        assert "Name the folder or the file." in person.text
        assert "can't be opened" in person.text
        assert "Country" not in person.text


class Insistent(Person):
    """Somebody who names a folder only at the second time, and one that is not there."""

    def line(self, prompt: str) -> str:
        if prompt.startswith("Where they are"):
            again = any(line.startswith("Where they are") for line in self.read)
            self.read.append(prompt)
            return "/nowhere/at/all" if again else ""
        return super().line(prompt)

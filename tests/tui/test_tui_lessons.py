"""Every step has its lesson, in full and in Neo4j's words."""

from __future__ import annotations

import pytest

from wizard.interview import INTERVIEW
from wizard.lessons import lesson

KEYS = [*(step.key for step in INTERVIEW), "progress", "outcome"]


@pytest.mark.parametrize("key", KEYS)
def test_every_step_has_a_lesson_that_ends_with_neo4js_words(key: str) -> None:
    text = lesson(key)
    assert text.startswith("# ")
    assert 250 <= len(text.split()) <= 450
    assert "## What Neo4j calls it" in text
    assert text.index("## What Neo4j calls it") < text.index("## A trap")


def test_a_step_without_a_lesson_has_an_empty_one() -> None:
    assert lesson("no-such-step") == ""

"""Where a person is on the walk, and what a screen hands back when it is left."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from wizard.interview.fields import Raw
from wizard.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """What the frame around a screen shows.

    Attributes:
        title: the step's title.
        steps: the titles of all steps, in order.
        number: the present step, counted from 1; 0 when the screen is none of these steps.
        practice: whether everything happens on the practice cluster.
        explain: one short paragraph.
        lesson: Markdown, for whoever asks with F1.
        can_go_back: whether there is a step before this one.
        failed: whether the step before this one did not work.
    """

    title: str
    steps: tuple[str, ...] = ()
    number: int = 0
    practice: bool = False
    explain: str = ""
    lesson: str = ""
    can_go_back: bool = True
    failed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Left:
    """How a screen was left: forward or back, with whatever was answered on it.

    Attributes:
        answers: by key of the answers file; kept when going back, too.
        secrets: by name, never among the answers.
        wish: what was asked for instead of going on, such as `undo`.
    """

    forward: bool
    answers: Mapping[str, Raw] = field(default_factory=dict)
    secrets: Mapping[str, Secret] = field(default_factory=dict)
    wish: str = ""

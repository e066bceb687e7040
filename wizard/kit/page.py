"""The kit's page: pieces of text for what this cluster offers, one behind the other."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import Template

from wizard.lessons import asset
from wizard.model.text import shown

_LONGEST = 300
"""Enough for a host name with its port; `backup_lines` are ours, and keep their lines."""


def page(words: Mapping[str, str], parts: Sequence[str]) -> bytes:
    """Return the page as Markdown, from the pieces `assets/kit/PART.md`.

    Args:
        words: what stands for each `$name` in the pieces; texts from outside are made safe here.
        parts: the pieces, in their order.
    """
    safe = {
        name: text if name == "backup_lines" else shown(text, _LONGEST)
        for name, text in words.items()
    }
    texts = (Template(asset(f"kit/{part}.md")).substitute(safe) for part in parts)
    return "\n".join(texts).encode()

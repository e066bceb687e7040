"""Colours that carry a tone inside a drawn text; the words and signs carry the meaning."""

MUTED = "$foreground-muted"

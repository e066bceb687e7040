"""The full-screen front end: Textual and nothing else; no screen knows its neighbours."""

from pathlib import Path

STYLESHEET = Path(__file__).with_name("wizard.tcss")
"""Every rule of every screen."""

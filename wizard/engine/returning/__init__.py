"""Runs that are taken up again: undo, resume, and both from another workstation."""

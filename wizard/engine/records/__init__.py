"""What a run has written down of itself, and how it is read again."""

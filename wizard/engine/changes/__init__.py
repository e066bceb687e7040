"""The transaction: every server through every phase, or every server back."""

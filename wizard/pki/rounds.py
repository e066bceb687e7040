"""How often PBKDF2 turns before it opens a private key: what guessing a password costs."""

from __future__ import annotations

STRONG_ROUNDS = 600_000
"""PBKDF2-HMAC-SHA256 rounds for a password a person chose (OWASP Password Storage, 2023)."""

USUAL_ROUNDS = 2048
"""What cryptography writes: enough for 32 random letters and digits, which nobody guesses."""

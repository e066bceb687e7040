"""Private keys, their passwords and the Java that reads them, version by version."""

from __future__ import annotations

from wizard.neo4j.versions.fact import since


class KeyFacts:
    """Which keys Neo4j can read, and on which Java."""

    __slots__ = ()

    key_passwords = since(
        'SslPolicyLoader of 3.5 ("Loading private keys with passwords is not yet supported")',
        ("3.5", False),
        ("4.0", True),
    )
    """Whether a private key may have a password."""

    password_on_plain_key_is_fatal = since(
        'PemParser of 5 ("Passphrase was provided but found un-encrypted private key.")',
        ("3.5", True),
        ("4.0", False),
        ("5.0", True),
    )
    """Whether a password set for a key without one stops the start; in 3.5 any password does."""

    old_key_formats = since(
        "PkiUtils of 3.5 reads PKCS#8 alone, of 4.x with BouncyCastle, of 5 with the JDK",
        ("3.5", False),
        ("4.0", True),
        ("5.0", False),
    )
    """Whether PKCS#1, SEC1 and 3DES keys load too, as BouncyCastle reads them."""

    oldest_java = since(
        "Operations Manual, System requirements; release notes of 2025.01",
        ("3.5", 8),
        ("4.0", 11),
        ("5.0", 17),
        ("2025.01", 21),
    )
    """The oldest Java that runs it: what Java refuses, and its words, change with it."""

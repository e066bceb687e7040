"""What is of no use, in words: what it is, and what to bring instead."""

from __future__ import annotations

from enum import Enum, auto

from wizard.model.text import shown
from wizard.pki.brought.limits import MOST_FILE_BYTES
from wizard.pki.brought.things import Junk, Origin

_PUTTY = b"PuTTY-User-Key-File"
_COPY_AGAIN = "Copy it again from where it was made, from its BEGIN line to its END line."

_BY_KEYTOOL = (
    "keytool -importkeystore -srckeystore FILE -srcstoretype {what} "
    "-destkeystore server.p12 -deststoretype PKCS12"
)


class Useless(Enum):
    """A kind of thing that no server can use."""

    TOO_LARGE = auto()
    TOO_COSTLY = auto()
    DAMAGED = auto()
    PUBLIC_KEY = auto()
    OTHER_BLOCK = auto()
    JAVA_STORE = auto()
    STORE_SEALED = auto()
    STORE_SEALED_OTHERWISE = auto()
    STORE_BROKEN = auto()
    EMPTY = auto()
    PUTTY_KEY = auto()
    ENDLESS = auto()
    NOTHING_IN_IT = auto()


_WORDS = {
    Useless.TOO_LARGE: (
        "file-too-large",
        f"The file is larger than {MOST_FILE_BYTES >> 20} MiB; keys and certificates never are.",
        "Give the files with the keys and certificates alone.",
    ),
    Useless.TOO_COSTLY: (
        "file-too-costly",
        "The file was not opened, because {what}.",
        "Export the key or certificates anew with ordinary settings.",
    ),
    Useless.DAMAGED: (
        "block-damaged",
        "The {what} is damaged and can't be read.",
        _COPY_AGAIN,
    ),
    Useless.PUBLIC_KEY: (
        "public-key-only",
        "This is a public key and no certificate; Neo4j loads it as neither.",
        "Bring the certificate that the CA issued for it: -----BEGIN CERTIFICATE-----.",
    ),
    Useless.OTHER_BLOCK: (
        "not-a-key-or-certificate",
        "This is a block named '{what}', neither key nor certificate.",
        "Leave it out.",
    ),
    Useless.JAVA_STORE: (
        "java-key-store",
        "This is a Java key store ({what}); Neo4j does not load it, and the wizard opens none.",
        f"Turn it into PKCS#12, and bring that: {_BY_KEYTOOL}",
    ),
    Useless.STORE_SEALED: (
        "key-password-missing",
        "This PKCS#12 file is sealed with a password, and none was given.",
        "Give its password as key_password in the secrets file, or type it when asked.",
    ),
    Useless.STORE_SEALED_OTHERWISE: (
        "key-password-wrong",
        "No given password opens this PKCS#12 file.",
        "Give its password as key_password in the secrets file, or type it when asked.",
    ),
    Useless.STORE_BROKEN: (
        "block-damaged",
        "This PKCS#12 file is damaged, or sealed in a way that is not known here.",
        "Export it again from where it was made.",
    ),
    Useless.EMPTY: ("not-a-key-or-certificate", "The file is empty.", "Leave it out."),
    Useless.PUTTY_KEY: (
        "not-a-key-or-certificate",
        "This is a PuTTY key, made for SSH; Neo4j does not load it.",
        "Bring the key that the certificate was made for.",
    ),
    Useless.ENDLESS: (
        "block-damaged",
        "The file has a BEGIN line but no matching END line.",
        _COPY_AGAIN,
    ),
    Useless.NOTHING_IN_IT: (
        "not-a-key-or-certificate",
        "The file holds no key, certificate, request or revocation list.",
        "Leave it out.",
    ),
}
"""By kind: the problem's code, the sentence, and the way out; {what} tells more."""


def junk(kind: Useless, origin: Origin, what: str = "block") -> Junk:
    """Tell of something useless; `what` may come from outside."""
    code, sentence, hint = _WORDS[kind]
    safe = shown(what, 120)
    return Junk(
        origin=origin,
        code=code,
        sentence=sentence.replace("{what}", safe),
        hint=hint.replace("{what}", safe),
    )


def kind_of_unknown(data: bytes) -> Useless:
    """Say what a file is in which nothing was found."""
    if not data.strip():
        return Useless.EMPTY
    if data.startswith(_PUTTY):
        return Useless.PUTTY_KEY
    return Useless.ENDLESS if b"-----BEGIN " in data else Useless.NOTHING_IN_IT

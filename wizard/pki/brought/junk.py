"""The sentences for what is of no use: what it is, and what to bring instead."""

from __future__ import annotations

from wizard.model.text import shown
from wizard.pki.brought.limits import MOST_FILE_BYTES
from wizard.pki.brought.things import Junk, Origin

_PUTTY = b"PuTTY-User-Key-File"


def too_large(origin: Origin) -> Junk:
    """Refuse a file that is larger than any keys and certificates."""
    return Junk(
        origin=origin,
        code="file-too-large",
        sentence=f"The file is larger than {MOST_FILE_BYTES >> 20} MiB, which keys and "
        "certificates never are.",
        hint="Give the files with the keys and certificates alone.",
    )


def too_costly(origin: Origin, why: str) -> Junk:
    """Refuse what would take minutes to open."""
    return Junk(
        origin=origin,
        code="file-too-costly",
        sentence=f"The file was not opened, because {why}.",
        hint="Export the key or certificates anew with ordinary settings.",
    )


def damaged(origin: Origin, label: str) -> Junk:
    """Tell of a block whose content can't be read."""
    what = shown(label.lower(), 60) or "block"
    return Junk(
        origin=origin,
        code="block-damaged",
        sentence=f"The {what} is damaged and can't be read.",
        hint="Copy it again from where it was made, from its BEGIN line to its END line.",
    )


def public_key(origin: Origin) -> Junk:
    """Tell of a public key, which is often taken for a certificate."""
    return Junk(
        origin=origin,
        code="public-key-only",
        sentence="This is a public key and no certificate; Neo4j loads it as neither.",
        hint="Bring the certificate that the CA issued for it; it begins with "
        "-----BEGIN CERTIFICATE-----.",
    )


def other_block(origin: Origin, label: str) -> Junk:
    """Tell of a PEM block of some other kind."""
    return Junk(
        origin=origin,
        code="not-a-key-or-certificate",
        sentence=f"This is a block named {shown(label, 60)!a}, neither key nor certificate.",
        hint="Leave it out.",
    )


def java_store(origin: Origin, kind: str) -> Junk:
    """Tell of a store of the kinds that only Java reads: JKS or JCEKS."""
    return Junk(
        origin=origin,
        code="java-key-store",
        sentence=f"This is a Java key store ({kind}), which Neo4j does not load and the wizard "
        "does not open.",
        hint="Turn it into PKCS#12, and bring that: keytool -importkeystore -srckeystore FILE "
        f"-srcstoretype {kind} -destkeystore server.p12 -deststoretype PKCS12",
    )


def not_opened_store(origin: Origin, *, tried: bool) -> Junk:
    """Tell of a PKCS#12 that no given password opens."""
    return Junk(
        origin=origin,
        code="key-password-wrong" if tried else "key-password-missing",
        sentence="No given password opens this PKCS#12 file."
        if tried
        else "This PKCS#12 file is sealed with a password, and none was given.",
        hint="Give its password as key_password in the secrets file, or type it when asked.",
    )


def broken_store(origin: Origin) -> Junk:
    """Tell of a PKCS#12 that is damaged, or of a kind no library here opens."""
    return Junk(
        origin=origin,
        code="block-damaged",
        sentence="This PKCS#12 file is damaged, or sealed in a way that is not known here.",
        hint="Export it again from where it was made.",
    )


def unknown(origin: Origin, data: bytes) -> Junk:
    """Tell of a file in which nothing was found."""
    code, sentence, hint = "not-a-key-or-certificate", "", "Leave it out."
    if not data.strip():
        sentence = "The file is empty."
    elif data.startswith(_PUTTY):
        sentence = "This is a PuTTY key, made for SSH; Neo4j does not load it."
        hint = "Bring the key that the certificate was made for."
    elif b"-----BEGIN " in data:
        code = "block-damaged"
        sentence = "The file has a BEGIN line but no matching END line."
        hint = "Copy it again from where it was made, from its BEGIN line to its END line."
    else:
        sentence = "The file holds no key, certificate, request or revocation list."
    return Junk(origin=origin, code=code, sentence=sentence, hint=hint)

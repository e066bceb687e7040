"""Why Neo4j would not start with a policy directory, in a sentence with its fix."""

from __future__ import annotations

from wizard.model.problems import Problem
from wizard.pki.brought.things import Origin
from wizard.pki.doctor.examination import Terms
from wizard.pki.doctor.findings import error
from wizard.pki.loader.load_error import PolicyLoadError

_SENTENCES = {
    "base-directory-missing": (
        "the folder does not exist",
        "Give the folder that base_directory names.",
    ),
    "trusted-missing": (
        "trusted/ can't be listed, or nothing is in it while revoked/ holds a list",
        "Make a folder trusted/ with the certificate of the CA in it.",
    ),
    "trusted-empty": (
        "trusted/ is empty",
        "Put the certificate of the CA that issued the servers' certificates into trusted/.",
    ),
    "trusted-stray-file": (
        "a file in trusted/ is no certificate",
        "Take everything out of trusted/ that is no certificate, folders and backups too.",
    ),
    "certificate-in-revoked": (
        "a file in revoked/ is no revocation list",
        "Take it out of revoked/; only CRLs belong there.",
    ),
    "crl-unreadable": ("revoked/ can't be listed", "Let the user of Neo4j read revoked/."),
    "key-password-missing": (
        "the private key is sealed and no password was given",
        "Set private_key_password, or write the key anew in clear.",
    ),
    "key-password-wrong": (
        "the password does not open the private key",
        "Set private_key_password to the password of this key.",
    ),
    "password-on-plain-key": (
        "a password is set for a private key in clear",
        "Take private_key_password away, or seal the key with it.",
    ),
    "key-unreadable": (
        "private.key is missing, or no key it loads",
        "Put the server's key there, as PKCS#8 in PEM form.",
    ),
    "certificate-unreadable": (
        "public.crt is missing, or no certificate it loads",
        "Put the server's certificate there in PEM form, and below it the CAs in between.",
    ),
    "chain-out-of-order": (
        "the certificates in public.crt are not each issued by the next, or stand there twice",
        "Put the server's certificate first, then the CA that issued it, and so on.",
    ),
    "leaf-expired": ("its certificate has ended", "Have it issued anew."),
    "leaf-not-yet-valid": ("its certificate has not begun", "Check the clock."),
}
_ELSE = ("the folder can't be loaded", "Look at what Neo4j says.")


def load_problem(refused: PolicyLoadError, origin: Origin, terms: Terms) -> Problem:
    """Return the problem for what Neo4j's loader stops at, with its own words as evidence."""
    why, hint = _SENTENCES.get(refused.code, _ELSE)
    words = " <- ".join((refused.message, *refused.caused_by))
    message = f"Neo4j {terms.version} would not start with this folder: {why}."
    return error(origin, refused.code, message, hint, words)

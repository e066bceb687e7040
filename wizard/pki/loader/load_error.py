"""Why Neo4j would not start with an SSL policy, in Neo4j's own words."""

from __future__ import annotations

from wizard.errors import MaterialError
from wizard.pki.java.failure import JavaError

_WRONG_PASSWORD = (  # the last two: the padding was good by chance, and no key came out
    *("BadPadding", "check password"),
    *("Cannot retrieve the PKCS8EncodedKeySpec", "failed to construct sequence"),
)


class PolicyLoadError(MaterialError):
    """Neo4j would not start with this policy.

    Args:
        code: the wizard's problem code.
        thrown: `CLASS: MESSAGE` of the exception, and of each of its causes, outermost first.

    Attributes:
        message: the outermost message, exactly as Neo4j writes it.
        java_class: the class of the outermost exception.
        caused_by: what follows `Caused by: ` in the log, outermost first.
        root_cause: the message of the deepest cause, which is the one that tells most.
    """

    def __init__(self, code: str, *thrown: str) -> None:
        java_class, _, message = thrown[0].partition(": ")
        super().__init__(message, code=code)
        self.java_class = java_class
        self.caused_by = thrown[1:]
        self.root_cause = thrown[-1].partition(": ")[2]


def key_code(failure: JavaError) -> str:
    """Return the problem code for what Neo4j's key loader said."""
    words = " ".join(failure.causes)
    if "Passphrase was provided" in words:
        return "password-on-plain-key"
    if "no passphrase was provided" in words:
        return "key-password-missing"
    if "password empty" in words:
        return "key-password-missing"
    if any(sign in words for sign in _WRONG_PASSWORD):
        return "key-password-wrong"
    return "key-unreadable"

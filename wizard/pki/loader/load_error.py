"""Why Neo4j would not start with an SSL policy, in Neo4j's own words."""

from __future__ import annotations

from wizard.errors import MaterialError


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

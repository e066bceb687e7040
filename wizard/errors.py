"""Every error that a person can act on, as one tree.

WizardError                 exit code 2 unless a subclass says otherwise
├── UsageError              2    the command line is wrong
├── AnswerError             2    an answer is missing or refused; carries its key
├── SecretsError            2    a secret is missing, or its file is open to others
├── BlockedError            1    the survey found something that must be mended first
├── UnreachableError        5    a server can't be reached or gives no access
│   ├── HostKeyUnknownError 5    nobody has said yes to this host key
│   └── HostKeyChangedError 5    the host key is not the one that was known
├── RemoteError             4    a server stopped answering or did not do what it was told
├── MaterialError           2    a key, certificate or password that Neo4j would not load
├── ConfError               1    a neo4j.conf that can't be read or safely changed
├── JournalError            2    a run's records are missing or have been altered
├── HealthError             1    Neo4j itself could not be asked how the cluster is
└── CancelledError          130  a person asked to stop
"""


class WizardError(Exception):
    """Something went wrong that a person can put right.

    Args:
        message: one full sentence saying what is wrong, and where.
        hint: one full sentence saying what to do about it.
        code: the stable problem code, for the JSON Lines and the report.
    """

    exit_code = 2
    default_code = "error"

    def __init__(self, message: str, *, hint: str = "", code: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.code = code or self.default_code


class UsageError(WizardError):
    """The command line asks for something that does not exist."""

    default_code = "usage"


class AnswerError(WizardError):
    """An answer is missing or refused.

    Args:
        key: where the answer stands, such as `servers.server2.address`.
        message: one full sentence saying what is wrong with it.
        hint: one full sentence saying what to write instead.
    """

    default_code = "answer-refused"

    def __init__(self, key: str, message: str, *, hint: str = "", code: str = "") -> None:
        super().__init__(message, hint=hint, code=code)
        self.key = key


class SecretsError(WizardError):
    """A secret is missing, or the file it comes from can be read by others.

    Args:
        message: one full sentence saying what is wrong with it; never the secret.
        hint: one full sentence saying what to do.
        key: the secret's name in the secrets file, where it is about one.
    """

    default_code = "secret-missing"

    def __init__(self, message: str, *, hint: str = "", code: str = "", key: str = "") -> None:
        super().__init__(message, hint=hint, code=code)
        self.key = key


class BlockedError(WizardError):
    """The survey found something that has to be put right before anything may change."""

    exit_code = 1
    default_code = "blocked"


class UnreachableError(WizardError):
    """A server can't be reached, or gives no access; nothing was changed."""

    exit_code = 5
    default_code = "unreachable"

    def __init__(self, server: str, message: str, *, hint: str = "", code: str = "") -> None:
        super().__init__(message, hint=hint, code=code)
        self.server = server


class HostKeyUnknownError(UnreachableError):
    """Nobody has confirmed this server's host key yet."""

    default_code = "host-key-unknown"


class HostKeyChangedError(UnreachableError):
    """The server shows another host key than the one that is known."""

    default_code = "host-key-changed"


class RemoteError(WizardError):
    """A server stopped answering, or did not do what it was told."""

    exit_code = 4
    default_code = "remote-failed"

    def __init__(self, server: str, message: str, *, hint: str = "", code: str = "") -> None:
        super().__init__(message, hint=hint, code=code)
        self.server = server


class MaterialError(WizardError):
    """A key, certificate or password that this version of Neo4j would not load."""

    default_code = "material-refused"


class ConfError(WizardError):
    """A neo4j.conf that can't be read, or can't be changed without losing something."""

    exit_code = 1
    default_code = "conf-unreadable"


class JournalError(WizardError):
    """A run's records are missing, damaged or have been altered."""

    default_code = "journal-damaged"


class HealthError(WizardError):
    """Neo4j on a server could not be asked how it is; that says nothing about how it is."""

    exit_code = 1
    default_code = "health-not-proved"


class CancelledError(WizardError):
    """A person asked to stop."""

    exit_code = 130
    default_code = "interrupted"

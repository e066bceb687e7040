"""A conversation with one Neo4j in its own protocol, Bolt: the one place that uses its driver.

The driver is an extra of the distribution and is imported when somebody gave a login.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from wizard.errors import HealthError
from wizard.model.text import shown
from wizard.secret import Secret

if TYPE_CHECKING:
    from neo4j import Bookmarks, Driver

Rows = tuple[Mapping[str, object], ...]

SILENT = "bolt-silent"
"""The code of what may pass by itself: a Bolt port that gives no answer."""

_EXTRA = "neo4j-tls-wizard[login]"
_LONGEST = 300
_LOGIN = frozenset(
    {
        "Neo.ClientError.Security.Unauthorized",
        "Neo.ClientError.Security.AuthenticationRateLimit",
        "Neo.ClientError.Security.CredentialsExpired",
    }
)
_UNKNOWN_STATEMENT = frozenset(
    {
        "Neo.ClientError.Procedure.ProcedureNotFound",
        "Neo.ClientError.Statement.NotSystemDatabaseError",
        "Neo.ClientError.Statement.SyntaxError",
        "Neo.ClientError.Statement.UnsupportedAdministrationCommand",
    }
)
"""Operations Manual, Status codes; 5.26 answers SHOW SERVERS with the second one in Community."""

_NOT_HERE = frozenset(
    {
        "Neo.ClientError.Database.DatabaseNotFound",
        "Neo.ClientError.General.WriteOnReadOnlyAccessDatabase",
        "Neo.TransientError.Database.DatabaseUnavailable",
        "Neo.TransientError.General.DatabaseUnavailable",
    }
)


class UnknownStatementError(Exception):
    """This Neo4j, by its version or edition, has no such statement."""


class NotHereError(Exception):
    """This server does not do it; another one of the cluster may."""


class Conversation:
    """One connection to one server that asks no other server; closed with its block.

    Attributes:
        bookmarks: what was written so far; whoever reads with them reads it.
    """

    def __init__(
        self,
        *,
        server: str,
        port: int,
        user: str,
        password: Secret,
        encrypted: bool,
        seconds: float,
    ) -> None:
        self.server = server
        self.bookmarks: Bookmarks | None = None
        self._user = user
        self._seconds = seconds
        self._driver = _driver(port, (user, password.reveal()), seconds, encrypted=encrypted)

    def ask(
        self,
        statement: str,
        database: str | None,
        *,
        after: Bookmarks | None = None,
        **parameters: str,
    ) -> Rows:
        """Run a statement and return its rows; it is tried once.

        Args:
            statement: Cypher without any data in it.
            database: its name, or None for the only one.
            after: bookmarks of what has to be visible first.
            parameters: the data.

        Raises:
            UnknownStatementError: this Neo4j has no such statement.
            NotHereError: not this server, but another one may.
            HealthError: it could not be asked; code `neo4j-login-refused` for a wrong login.
        """
        from neo4j import Query  # noqa: PLC0415 - an extra, and slow to load

        with self._told_apart():
            session = self._driver.session(database=database, bookmarks=after)
            with session:
                rows = session.run(Query(statement, timeout=self._seconds), dict(parameters))
                found = tuple(record.data() for record in rows)
            self.bookmarks = session.last_bookmarks()
            return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._driver.close()

    @contextmanager
    def _told_apart(self) -> Iterator[None]:
        """Turn what the driver raises into what it means here."""
        from neo4j.exceptions import (  # noqa: PLC0415 - as above
            AuthError,
            DriverError,
            Neo4jError,
            WriteServiceUnavailable,
        )

        try:
            yield
        except Neo4jError as error:
            code = error.code or ""
            if code in _LOGIN or (isinstance(error, AuthError) and not _is_forbidden(code)):
                raise self._refused(code) from error
            if code in _UNKNOWN_STATEMENT:
                raise UnknownStatementError(shown(code)) from error
            if code in _NOT_HERE:
                raise NotHereError(shown(code)) from error
            raise self._unanswered(code, error.message or "") from error
        except WriteServiceUnavailable as error:  # so the driver says that this is not the leader
            raise NotHereError(shown(str(error), _LONGEST)) from error
        except (DriverError, OSError) as error:
            # Without the driver's own words: they name the tunnel's port, another one every time.
            raise HealthError(
                f"Neo4j on {self.server} gave no answer on its Bolt port.",
                hint="Look whether drivers can log in to that server, and at its debug.log.",
                code=SILENT,
            ) from error

    def _refused(self, code: str) -> HealthError:
        user = shown(self._user, _LONGEST)
        if code.endswith("CredentialsExpired"):
            return HealthError(
                f"Neo4j on {self.server} wants the user {user} to change the password first.",
                hint="Log in once with cypher-shell, set a password, and give that one.",
                code="neo4j-login-refused",
            )
        if code.endswith("AuthenticationRateLimit"):
            return HealthError(
                f"Neo4j on {self.server} has locked the user {user} for a while, after several"
                " wrong passwords.",
                hint="Wait for some seconds, and give the right password.",
                code="neo4j-login-refused",
            )
        return HealthError(
            f"Neo4j on {self.server} refuses the login of the user {user}.",
            hint="Correct the Neo4j user or its password (`neo4j_login.user`, neo4j_password), or"
            " leave them out and look at SHOW SERVERS yourself.",
            code="neo4j-login-refused",
        )

    def _unanswered(self, code: str, message: str) -> HealthError:
        if _is_forbidden(code):
            return HealthError(
                f"On {self.server} the Neo4j user {shown(self._user, _LONGEST)} may not see how"
                " the servers are.",
                hint="Give a user with the role admin, or one that was granted SHOW SERVERS.",
            )
        return HealthError(
            f"Neo4j on {self.server} answered with {shown(code)}: {shown(message, _LONGEST)}",
            hint="Look at the debug.log of that server.",
        )


def check_driver() -> None:
    """Say so before anything is asked when Neo4j's driver is not installed.

    Raises:
        HealthError: it is not there.
    """
    try:
        import neo4j  # noqa: F401, PLC0415 - an extra of the distribution
    except ImportError as error:
        raise HealthError(
            "Neo4j's own driver is not installed on this computer.",
            hint=f"Install it with: pip install '{_EXTRA}'",
        ) from error


def _is_forbidden(code: str) -> bool:
    return code == "Neo.ClientError.Security.Forbidden"


def _driver(port: int, login: tuple[str, str], seconds: float, *, encrypted: bool) -> Driver:
    """Return a driver for one loopback port: no routing, no pool to speak of, no telemetry.

    Where Bolt takes nothing but TLS, its certificate is not checked: the bytes travel inside the
    SSH connection to that very server, whose host key was, and Bolt's certificate is not for
    127.0.0.1.
    """
    check_driver()
    from neo4j import GraphDatabase  # noqa: PLC0415 - as above

    logging.getLogger("neo4j").addHandler(logging.NullHandler())
    logging.getLogger("neo4j").propagate = False
    scheme = "bolt+ssc" if encrypted else "bolt"
    make: Callable[..., Driver] = GraphDatabase.driver
    return make(
        f"{scheme}://127.0.0.1:{port}",
        auth=login,
        connection_timeout=seconds,
        connection_acquisition_timeout=seconds,
        connection_write_timeout=seconds,
        max_connection_pool_size=1,
        max_transaction_retry_time=0,
        telemetry_disabled=True,
        user_agent="neo4j-tls-wizard",
    )

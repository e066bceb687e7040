"""The password for a server's private key, where a person gives it."""

from __future__ import annotations

from wizard.errors import SecretsError
from wizard.model.secrets import Secrets
from wizard.pki.passwords import check_password
from wizard.secret import Secret


def given_key_password(secrets: Secrets, server: str) -> Secret:
    """Return the password that was given for the key of a server.

    Raises:
        SecretsError: there is none, or Neo4j could not use it.
    """
    given = secrets.of("key_password", server)
    if not given:
        raise SecretsError(
            f"The password for the private key of {server} is missing.",
            hint="Give key_password in the secrets file, or let the wizard generate one.",
        )
    if refusal := check_password(given.reveal()):
        raise SecretsError(
            f"The password for the private key of {server} can't be used. {refusal}",
            hint="Give another key_password, or let the wizard generate one.",
            code="secret-refused",
        )
    return given

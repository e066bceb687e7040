"""What a machine needs to take backups from an encrypted cluster: its policy, and the command."""

from __future__ import annotations

from collections.abc import Sequence

from wizard.model.settings import ClientAuth
from wizard.model.version import Version
from wizard.neo4j.policy import policy_settings
from wizard.neo4j.versions import rules_for

BACKUP_FOLDER = "backup"
_ADMIN_CONF_SINCE = 5  # conf/neo4j-admin.conf; before, backups read neo4j.conf


def policy_lines(
    version: Version, directory: str, *, tls_versions: Sequence[str], verify_hostname: bool
) -> tuple[str, ...]:
    """Return the lines of the policy `backup`.

    `neo4j-admin` shows its own `backup` policy whichever port it asks, so that turning on the
    cluster's policy shuts out backups by the transaction port until this stands. 3.5 has no such
    scope; there `dbms.backup.ssl_policy` names the policy.

    Args:
        version: of the servers and of the machine's own Neo4j.
        directory: the policy's base directory there.
        tls_versions: what the servers speak.
        verify_hostname: whether the name of the server that is dialled is checked.

    Raises:
        BlockedError: when nothing is known about the version.
    """
    rules = rules_for(version)
    settings = policy_settings(
        version,
        base_directory=directory,
        client_auth=ClientAuth.REQUIRE,
        verify_hostname=verify_hostname,
        tls_versions=tls_versions,
        with_password=False,
    )
    named_by = rules.apply_setting.get("backup")
    first = (f"{named_by}=backup",) if named_by else ()
    policy = ".policy.cluster."
    return (
        *first,
        *(f"{k.replace(policy, '.policy.backup.')}={v}" for k, v in settings if policy in k),
    )


def conf_name(version: Version) -> str:
    """Return the file of that machine that `neo4j-admin` reads the policy from."""
    return "neo4j-admin.conf" if version.major >= _ADMIN_CONF_SINCE else "neo4j.conf"


def backup_command(version: Version, address: str) -> str:
    """Return the command that takes a backup from a server's port for transactions.

    Source: Operations Manual 3.5, 4.4 and 5, backups of a cluster. 3.5 asks for a name as well.
    """
    if version.major >= _ADMIN_CONF_SINCE:
        return f"neo4j-admin database backup --from={address} --to-path=FOLDER neo4j"
    name = " --name=NAME" if rules_for(version).named_policies else ""
    return f"neo4j-admin backup --from={address} --backup-dir=FOLDER{name}"


def wants_revoked_folder(version: Version) -> bool:
    """Return whether Neo4j refuses a policy without a folder for revocation lists."""
    return rules_for(version).named_policies

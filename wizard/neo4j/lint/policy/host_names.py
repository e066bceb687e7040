"""Whether servers check the names of those they dial, and whether they can."""

from __future__ import annotations

from collections.abc import Iterator
from ipaddress import ip_address

from wizard.model.problems import Severity
from wizard.model.text import shown
from wizard.neo4j.lint.finding import Finding
from wizard.neo4j.lint.policy.dialled import advertised_addresses
from wizard.neo4j.lint.policy.in_force import applied_policies, value_in_force
from wizard.neo4j.lint.policy.lines import PREFIX
from wizard.neo4j.lint.policy.telling import tell
from wizard.neo4j.lint.reading import Reading

_KEY = f"{PREFIX}cluster.verify_hostname"


def checks_names_of_addresses(reading: Reading) -> Iterator[Finding]:
    """Find IP addresses that peers dial while names are checked.

    Java looks up the name that belongs to the address, and checks that name where there is one
    (InetSocketAddress.getHostName, as SslPolicy's handlers of 4.0 to 4.4 use it).
    """
    if not _checks_names(reading):
        return
    for address in advertised_addresses(reading):
        if _is_ip(address.host):
            yield tell(
                reading,
                Severity.WARNING,
                "hostname-of-ip-address",
                f"Peers dial {shown(address.host)}, which is no name, while verify_hostname has "
                "them check the certificate against the name they find for that address, or "
                "against the address where they find none.",
                f"Set {address.key} to a name that every server resolves, and have the certificate "
                "hold it; else put the address and the name found for it into the certificate.",
                key=address.key,
            )


def says_nothing_of_names(reading: Reading) -> Iterator[Finding]:
    """Find a cluster policy that leaves verify_hostname to the version's default."""
    if "cluster" not in applied_policies(reading) or _KEY in reading.values:
        return
    if reading.rules.warns_of_verify_hostname:
        yield tell(
            reading,
            Severity.NOTE,
            "verify-hostname-not-set",
            "verify_hostname is not set for the cluster policy: it is off, Neo4j warns of that "
            "when it starts, and from 2025.01 on it is on.",
            f"Say what you want with {_KEY}.",
            key=f"{PREFIX}cluster.enabled",
            evidence="SSL Hostname verification is disabled by default. Consider explicitly "
            f"setting {_KEY}",
        )
    elif reading.rules.verify_hostname:
        yield tell(
            reading,
            Severity.NOTE,
            "verify-hostname-not-set",
            f"verify_hostname is not set for the cluster policy, and Neo4j {reading.version} has "
            "it on: each certificate must hold the name its server is dialled by.",
            f"Say what you want with {_KEY}.",
            key=f"{PREFIX}cluster.enabled",
        )


def _checks_names(reading: Reading) -> bool:
    used = "cluster" in applied_policies(reading)
    return used and value_in_force(reading, "cluster", "verify_hostname") == "TRUE"


def _is_ip(host: str) -> bool:
    try:
        ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True

"""Suffixes that stand in public guides and configurations, and that Neo4j never knew."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class SeenSuffix:
    """What a person meant by such a suffix.

    Attributes:
        meant: the suffix that does it, or None when no setting of a policy does.
        advice: one full sentence saying what to do.
    """

    meant: str | None
    advice: str


_TRUSTED = SeenSuffix(
    "trusted_dir",
    "Neo4j knows no trust stores: put the certificates that peers are trusted by, as PEM files, "
    "into the folder that trusted_dir names.",
)
_KEY = SeenSuffix(
    "private_key",
    "Neo4j knows no key stores: name the PEM file of the key with private_key, and that of its "
    "certificate with public_certificate.",
)
_CERTIFICATE = SeenSuffix(
    "public_certificate", "Name the certificate's PEM file with public_certificate."
)
_REVOKED = SeenSuffix(
    "revoked_dir", "Put revocation lists (CRLs) into the folder that revoked_dir names."
)
_PASSWORD = SeenSuffix(
    "private_key_password", "The password of the private key goes into private_key_password."
)
_LEVEL = SeenSuffix(
    None,
    "Only connectors have a tls_level; a policy that is in use takes no connection without "
    "encryption. Remove the line.",
)
_HOSTNAME = SeenSuffix("verify_hostname", "The names of peers are checked with verify_hostname.")
_PROTOCOLS = SeenSuffix("tls_versions", "The versions of TLS are listed in tls_versions.")
_AUTH = SeenSuffix("client_auth", "Say with client_auth whether a peer must show a certificate.")

SEEN: Mapping[str, SeenSuffix] = MappingProxyType(
    {
        # Operations Manual, FIPS 140-2 compatibility: dbms.ssl.policy.cluster.tls_level
        "tls_level": _LEVEL,
        "required": _LEVEL,
        # Guide of a Kubernetes operator, "Outbound TLS"
        **dict.fromkeys(
            (
                *("truststore_path", "truststore", "trust_store", "trust_store_path"),
                *("truststore_password", "ca_certificate", "ca_cert", "trusted_certificates"),
                *("trusted", "trusted_certs", "trusted_path", "trust_dir", "ca_file"),
            ),
            _TRUSTED,
        ),
        **dict.fromkeys(
            (
                *("keystore", "keystore_path", "keystore_password", "key_store", "key"),
                *("key_file", "private_key_file", "private_key_path", "key_path"),
            ),
            _KEY,
        ),
        **dict.fromkeys(
            (
                *("certificate", "certificate_file", "public_certificate_path", "cert"),
                *("cert_file", "public_cert", "public_crt", "public_key"),
            ),
            _CERTIFICATE,
        ),
        **dict.fromkeys(("revoked", "revoked_certificates", "crl", "crl_dir"), _REVOKED),
        **dict.fromkeys(("password", "key_password", "passphrase", "key_passphrase"), _PASSWORD),
        **dict.fromkeys(("hostname_verification", "verify_host", "verify_peer"), _HOSTNAME),
        **dict.fromkeys(("tls_version", "protocols", "ssl_protocols", "tls"), _PROTOCOLS),
        **dict.fromkeys(("client_authentication", "mutual_tls", "require_client_auth"), _AUTH),
    }
)
"""By suffix in small letters; a typo of a suffix Neo4j knows is found before this is asked."""

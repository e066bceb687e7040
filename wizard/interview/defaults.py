"""The defaults of every answer, from the one place that has them: the settings themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType

from wizard.interview.fields import Default, Given, Raw
from wizard.model.settings import (
    DETECT,
    AccessSettings,
    KeyAlgorithm,
    KitSettings,
    PolicySettings,
    ServerSettings,
    Settings,
    Subject,
    TrustModel,
)

VERSION_DEFAULT = "version-default"
"""The answer that leaves the TLS versions to Neo4j's own default for its version."""

YES, NO = "true", "false"
"""What a choice of the interview holds for the file's true and false."""

_ACCESS = AccessSettings()
_POLICY = PolicySettings()
_SUBJECT = Subject()
_KIT = KitSettings()
_SETTINGS = Settings(cluster="", servers=())

DEFAULTS: Mapping[str, Raw] = MappingProxyType(
    {
        "neo4j": DETECT,
        "access.known_hosts": _ACCESS.known_hosts,
        "access.become": _ACCESS.become.value,
        "trust.model": _SETTINGS.trust.value,
        "trust.ca_key": _SETTINGS.ca_key.value,
        "trust.intermediate": _SETTINGS.intermediate,
        "trust.name_constraints": _SETTINGS.name_constraints,
        "subject.country": _SUBJECT.country,
        "subject.state": _SUBJECT.state,
        "subject.locality": _SUBJECT.locality,
        "subject.organization": _SUBJECT.organization,
        "subject.organizational_unit": _SUBJECT.organizational_unit,
        "subject.common_name": _SUBJECT.common_name,
        "subject.email": _SUBJECT.email,
        "keys.algorithm": _SETTINGS.algorithm.value,
        "keys.password": _SETTINGS.key_password.value,
        "keys.password_in": _SETTINGS.key_password_in.value,
        "keys.lifetime_days": _SETTINGS.lifetime_days,
        "policy.client_auth": _POLICY.client_auth.value,
        "policy.verify_hostname": _POLICY.verify_hostname.value,
        "policy.tls_versions": VERSION_DEFAULT,
        "kit.backup": _KIT.backup,
        "kit.java_trust_store": _KIT.java_trust_store.value,
    }
)
"""By key; a key that is not here has no default and is left out of the answers file."""

_SERVER = ServerSettings(name="", ssh="")

ROW_DEFAULTS: Mapping[str, str] = MappingProxyType(
    {key: getattr(_SERVER, key) for key in ("address", "home", "conf", "logs", "service")}
)
"""The keys of a `[[servers]]` table that may be left out."""


def as_chosen(value: Raw) -> Raw:
    """Return an answer of the file as a choice holds it."""
    if isinstance(value, bool):
        return YES if value else NO
    return value


def usual_algorithm(given: Given) -> str:
    """Return the kind of key that is usual: many CAs of organisations issue for RSA alone."""
    if given.get("trust.model") == TrustModel.REQUEST.value:
        return KeyAlgorithm.RSA_3072.value
    return str(DEFAULTS["keys.algorithm"])


def usual(key: str, source: str = "the usual choice") -> Callable[[Given], Default]:
    """Return a field's default: the one of the answers file."""
    value = DEFAULTS[key]
    return lambda _given: Default(value=value, source=source)


def usual_yes_or_no(key: str, source: str = "the usual choice") -> Callable[[Given], Default]:
    """Return the default of a choice between YES and NO that the file holds as true or false."""
    value = as_chosen(DEFAULTS[key])
    return lambda _given: Default(value=value, source=source)


def fixed(value: Raw, source: str = "the usual choice") -> Callable[[Given], Default]:
    """Return a default that depends on no other answer; an empty source says nothing."""
    return lambda _given: Default(value=value, source=source)


def nothing(source: str = "left out") -> Callable[[Given], Default]:
    """Return the default of a field that starts empty."""
    return fixed("", source)

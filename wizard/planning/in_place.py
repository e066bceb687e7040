"""Whether the cluster already runs what the answers ask for, so that nothing has to change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from wizard.errors import WizardError
from wizard.model.settings import Settings
from wizard.neo4j.policy import ClusterPolicy, password_command, password_file, policy_of
from wizard.pki.inspect import fingerprint, load_chain, names_cover
from wizard.pki.java.trust import Purpose, TrustStore, check_peer
from wizard.planning.key_passwords import by_command, has_password
from wizard.planning.view import ServerView

ENOUGH_DAYS = 30
"""A leaf with less left is replaced rather than left in place."""


class LeafState(Protocol):
    """Answers what only cryptography and a clock can tell about a certificate."""

    def __call__(
        self,
        certificate: bytes,
        names: tuple[str, ...],
        trusted: Sequence[Mapping[str, bytes]],
        /,
    ) -> str | None:
        """Return None when a leaf stands, covers the names and is trusted, else why not."""


@dataclass(frozen=True, slots=True)
class LeafJudge:
    """The real LeafState, at one moment.

    Attributes:
        now: aware time.
    """

    now: datetime

    def __call__(
        self,
        certificate: bytes,
        names: tuple[str, ...],
        trusted: Sequence[Mapping[str, bytes]],
    ) -> str | None:
        """Return None when a leaf stands, covers the names and is trusted, else why not.

        Args:
            certificate: the bytes of the certificate file.
            names: every name and address that may be dialled.
            trusted: of each peer, the files of its trusted/.
        """
        try:
            chain = load_chain(certificate)
            stores = [_store(files) for files in trusted]
        except WizardError:
            return "A certificate can't be read."
        leaf = chain[0]
        if leaf.not_valid_before_utc > self.now:
            return "The certificate is not valid yet."
        if leaf.not_valid_after_utc - self.now < timedelta(days=ENOUGH_DAYS):
            return f"The certificate has less than {ENOUGH_DAYS} days left."
        missing = [name for name in names if not names_cover(leaf, name)]
        if missing:
            return f"The certificate does not hold {missing[0]}."
        purposes: tuple[Purpose, ...] = ("client", "server")
        for store in stores:
            if any(check_peer(store, chain, purpose=p, now=self.now) for p in purposes):
                return "A peer would not accept the certificate."
        return None


def _store(files: Mapping[str, bytes]) -> TrustStore:
    return TrustStore(anchors=tuple(c for raw in files.values() for c in load_chain(raw)))


def everything_in_place(
    settings: Settings,
    views: Sequence[ServerView],
    names: Mapping[str, tuple[str, ...]],
    *,
    verify_hostname: bool,
    tls_versions: tuple[str, ...],
    leaf_state: LeafState,
    brought: Mapping[str, frozenset[str]] | None = None,
) -> bool:
    """Whether every server already has the policy the answers ask for, and its files.

    Args:
        settings: the answers.
        views: every server.
        names: by server name, every name and address its leaf must hold.
        verify_hostname: as it would be written.
        tls_versions: as they would be written.
        leaf_state: judges the certificates.
        brought: by server, the fingerprints of its certificate and of what it is to trust, where
            they come from outside; others on the server are then not as wanted.
    """
    for view in views:
        try:
            policy = policy_of(view.conf, view.version, view.facts.home)
        except WizardError:
            return False
        if not _password_stands(settings, view, policy):
            return False
        if not _as_wanted(settings, policy, verify_hostname, tls_versions):
            return False
        if brought is not None and _prints(view) != brought.get(view.name):
            return False
        peers = [other for other in views if other is not view]
        if not _files_stand(view, peers, policy, names[view.name], leaf_state):
            return False
    return bool(views)


def _password_stands(settings: Settings, view: ServerView, policy: ClusterPolicy) -> bool:
    """Whether neo4j.conf has a password, or the command and the file it prints, as is wanted."""
    if policy.password is None or not has_password(settings, view.version):
        return (policy.password is not None) == has_password(settings, view.version)
    value, facts = policy.password.reveal(), view.facts
    file = password_file(value)
    if not by_command(settings, view.version):
        return file is None
    return (
        file is not None
        and value == password_command(policy.base_directory)
        and f".{file.removeprefix(facts.certificates)}" in facts.certificates_entries
    )


def _prints(view: ServerView) -> frozenset[str] | None:
    """Return the fingerprints of the leaf that stands and of all that is trusted beside it."""
    files = view.facts.policy_files
    if files is None or files.public_certificate is None:
        return None
    try:
        trusted = [one for raw in (files.trusted or {}).values() for one in load_chain(raw)]
        return frozenset(map(fingerprint, (load_chain(files.public_certificate)[0], *trusted)))
    except WizardError:
        return None


def _as_wanted(
    settings: Settings,
    policy: ClusterPolicy,
    verify_hostname: bool,  # noqa: FBT001 - passed on as it came, by one caller
    tls_versions: tuple[str, ...],
) -> bool:
    return (
        policy.enabled
        and policy.client_auth is settings.policy.client_auth
        and policy.verify_hostname is verify_hostname
        and policy.verify_hostname_is_set
        and set(policy.tls_versions) == set(tls_versions)
        and policy.ciphers is None
        and not policy.trust_all
    )


def _files_stand(
    view: ServerView,
    peers: Sequence[ServerView],
    policy: ClusterPolicy,
    names: tuple[str, ...],
    leaf_state: LeafState,
) -> bool:
    files = view.facts.policy_files
    trusted = [peer.facts.policy_files.trusted or {} for peer in peers if peer.facts.policy_files]
    return (
        files is not None
        and files.directory == policy.base_directory
        and files.private_key_exists
        and bool(files.trusted)
        and files.public_certificate is not None
        and leaf_state(files.public_certificate, names, trusted) is None
    )

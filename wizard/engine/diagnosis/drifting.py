"""What has drifted apart: what was made, what stands on the disk, and what is loaded."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.engine.diagnosis.leaves import described, on_disk
from wizard.engine.diagnosis.observations import CHANGED, Observations, ServerObservation
from wizard.engine.diagnosis.problem import warning
from wizard.model.problems import Problem
from wizard.pki.inspect import CertificateFacts

_MOST_NAMED = 5
_RESTART = "Restart Neo4j on this server when it suits, and then verify again."
_AT_NEXT_START = {
    "key-password-missing": "neo4j.conf has no password for the private key any more, which needs"
    " one",
    "key-password-wrong": "the password that neo4j.conf has now does not open the private key",
    "password-on-plain-key": "neo4j.conf has a password, and the private key has none any more",
}


def key_will_not_open(seen: Observations) -> Iterator[Problem]:
    """The process runs with a key that it could not open again."""
    for one in seen.servers.values():
        for change in seen.drift.get(one.server, ()):
            if one.encrypts and change.code in _AT_NEXT_START:
                yield warning(
                    one.server,
                    change.code,
                    f"On {one.server}, {_AT_NEXT_START[change.code]}: Neo4j goes on until it is"
                    " stopped, and then does not start again.",
                    "Before anybody restarts Neo4j there, put the password back that belongs to"
                    " the key, or let the key have that password.",
                    change.evidence,
                )


def changed_since(seen: Observations) -> Iterator[Problem]:
    """Files of the cluster policy are not those that the run has put there."""
    for one in seen.servers.values():
        drifted = [c for c in seen.drift.get(one.server, ()) if c.code == CHANGED]
        if not one.encrypts or not drifted:
            continue
        files = list(dict.fromkeys(change.file for change in drifted))
        verb = "is" if len(files) == 1 else "are"
        yield warning(
            one.server,
            "changed-on-disk",
            f"On {one.server}, {', '.join(files[:_MOST_NAMED])}{_more(files)} {verb} not as the"
            " wizard left it there, and Neo4j loads what stands there now at its next start.",
            "Look who changed it, and whether that was meant. If it was not, `neo4j-tls undo` and"
            " then apply make everything anew, in a change window.",
            "; ".join(f"{change.file}: {change.evidence}" for change in drifted),
        )


def changed_on_disk(seen: Observations) -> Iterator[Problem]:
    """The certificate on the disk is neither the one that was made nor the one that is served."""
    for one in _quiet(seen):
        disk = on_disk(one)
        served = {leaf.fingerprint for leaf in _served(seen, one)}
        if one.leaf_made and disk and one.leaf_made not in disk and not served & disk:
            yield warning(
                one.server,
                "changed-on-disk",
                f"The certificate on the disk of {one.server} is another one than was made for it,"
                " and Neo4j will load it at its next start.",
                "Look who changed public.crt, and whether the private key and every trusted/ fit.",
                f"on disk {', '.join(sorted(disk))}, made {one.leaf_made}",
            )


def not_reloaded(seen: Observations) -> Iterator[Problem]:
    """The disk has newer files or settings than the process, which still runs with the old ones."""
    for one in _quiet(seen):
        disk = described(one.certificate) if one.encrypts else None
        old = [leaf for leaf in _served(seen, one) if disk and leaf.not_before < disk.not_before]
        if old and disk is not None and not one.leaf_made:
            yield warning(
                one.server,
                "not-reloaded",
                f"{one.server} still serves the certificate that ends on"
                f" {old[0].not_after:%Y-%m-%d}; the one on its disk is newer.",
                _RESTART,
                f"served {old[0].fingerprint}, on disk {disk.fingerprint}",
            )
        elif apart := _settings_apart(one):
            yield warning(
                one.server,
                "not-reloaded",
                f"{one.server} runs with other settings of its cluster policy than its neo4j.conf"
                " has now.",
                _RESTART,
                apart,
            )


def _more(files: list[str]) -> str:
    left = len(files) - _MOST_NAMED
    return f" and {left} more" if left > 0 else ""


def _settings_apart(one: ServerObservation) -> str:
    """Return what the process has loaded and neo4j.conf does not say, or nothing."""
    loaded, policy = one.in_force, one.policy
    if loaded is None or policy is None or not policy.enabled or not loaded.tls_versions:
        return ""
    pairs = {
        "client_auth": (loaded.client_auth, policy.client_auth.value),
        "tls_versions": (_listed(loaded.tls_versions), _listed(policy.tls_versions)),
    }
    if policy.ciphers is not None:  # what a process shows of Java's own is not known for certain
        pairs["ciphers"] = _listed(loaded.ciphers or ()), _listed(policy.ciphers)
    apart = (f"{key}: loaded {has}, set {is_}" for key, (has, is_) in pairs.items() if has != is_)
    return "; ".join(apart)


def _listed(values: tuple[str, ...]) -> str:
    return ",".join(sorted(values)) or "Java's own"


def _served(seen: Observations, one: ServerObservation) -> list[CertificateFacts]:
    leaves = (described(der) for der in seen.leaves(one.server))
    return [leaf for leaf in leaves if leaf is not None]


def _quiet(seen: Observations) -> Iterator[ServerObservation]:
    """The servers of which nothing is told yet: drift is news only where it is not the cause."""
    return (one for one in seen.servers.values() if one.server not in seen.named)

"""When the certificates of a cluster end, in sentences, the first one first."""

from __future__ import annotations

from collections.abc import Iterator

from wizard.engine.diagnosis.leaves import described, leaf_of
from wizard.engine.diagnosis.observations import Observations
from wizard.pki.inspect import CertificateFacts


def expiry_overview(seen: Observations) -> Iterator[str]:
    """Yield a sentence for each server's certificate and for each authority that is trusted.

    A server's certificate is the one it serves, or else the one its policy names.
    """
    ends: dict[str, CertificateFacts] = {}
    for one in seen.servers.values():
        leaf = leaf_of(seen, one)
        if leaf is not None:
            ends[f"The certificate of {one.server}"] = leaf
        for content in (one.trusted or {}).values() if one.encrypts else ():
            anchor = described(content)
            if anchor is not None and anchor.is_ca:
                ends[f"The certificate authority {anchor.subject}"] = anchor
    for whose, facts in sorted(ends.items(), key=lambda item: (item[1].not_after, item[0])):
        days = (facts.not_after - seen.now).days
        left = f"ends on {facts.not_after:%Y-%m-%d}, in {days} days"
        yield f"{whose} {left if days >= 0 else f'ended on {facts.not_after:%Y-%m-%d}'}."

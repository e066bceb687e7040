"""Whether certificates that stand are good enough to be left alone: asked of real ones."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from wizard.model.settings import KeyAlgorithm, Subject, TrustModel
from wizard.pki.authority import make_authority
from wizard.pki.material import LeafRequest, MaterialSet, make_material
from wizard.planning.in_place import LeafJudge

NOW = datetime(2026, 3, 1, tzinfo=UTC)
NAMES = ("server1", "10.0.0.1")


def material(cluster: str = "payments") -> MaterialSet:
    return make_material(
        [
            LeafRequest(
                server="server1",
                subject=Subject(common_name="server1"),
                dns_names=("server1",),
                ip_addresses=("10.0.0.1",),
            )
        ],
        trust=TrustModel.PRIVATE_CA,
        algorithm=KeyAlgorithm.EC_P256,
        now=NOW,
        lifetime_days=100,
        authority=make_authority(cluster, NOW, 3650, KeyAlgorithm.EC_P256),
    )


def test_a_leaf_that_stands_covers_and_is_trusted_is_left_alone() -> None:
    made = material()["server1"]
    assert LeafJudge(NOW)(made.certificate_pem, NAMES, [dict(made.trusted)]) is None


def test_anything_else_has_a_reason() -> None:
    made, foreign = material()["server1"], material("other")["server1"]
    trusted = [dict(made.trusted)]
    late, early = NOW + timedelta(days=71), NOW - timedelta(days=300)
    reasons = [
        LeafJudge(NOW)(b"junk", NAMES, trusted),
        LeafJudge(NOW)(b"", NAMES, trusted),
        LeafJudge(NOW)(made.certificate_pem, (*NAMES, "server2"), trusted),
        LeafJudge(NOW)(foreign.certificate_pem, NAMES, trusted),
        LeafJudge(NOW)(made.certificate_pem, NAMES, [{}]),
        LeafJudge(NOW)(made.certificate_pem, NAMES, [{"README": b"hello"}]),
        LeafJudge(late)(made.certificate_pem, NAMES, trusted),
        LeafJudge(early)(made.certificate_pem, NAMES, trusted),
    ]
    assert all(reason is not None and reason.endswith(".") for reason in reasons)

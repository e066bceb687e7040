"""A run's steps through a proxy that cuts, freezes or slows the connection; see cuts.py."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import cuts
import pytest
from cuts import Scene
from cutting import Fault, Way

from wizard.remote.deadlines import Deadline
from wizard.remote.ssh import connection as connection_module

pytestmark = pytest.mark.sshd

EVERY = 9
"""One boundary in so many is cut here; `python tests/cuts.py` cuts all of them."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    with cuts.scene(tmp_path_factory.mktemp("cuts")) as made:
        yield made


def test_a_cut_at_the_boundary_of_any_message_loses_nothing(scene: Scene) -> None:
    count = len(cuts.count_messages(scene))
    assert count > 60
    failed = [cuts.cut(scene, Fault(message=at)) for at in range(4, count - 20, EVERY)]
    assert len(set(failed)) > 1


@pytest.mark.parametrize("step", ["stage", "stop", "start"])
def test_a_step_that_is_cut_can_be_done_again(scene: Scene, step: str) -> None:
    assert cuts.cut_within(scene, step)


@pytest.mark.parametrize(
    "fault",
    [
        Fault(message=3, inside=500, way=Way.CLOSED),
        Fault(message=17, inside=20_001),
        Fault(message=18, inside=1),
        Fault(message=40, inside=33, way=Way.CLOSED),
    ],
    ids=str,
)
def test_a_cut_in_the_midst_of_a_message_loses_nothing(scene: Scene, fault: Fault) -> None:
    cuts.cut(scene, fault)


@pytest.mark.parametrize("message", [17, 48])
def test_a_link_that_is_open_on_one_side_only_is_given_up_in_time(
    scene: Scene, message: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    def short(server: str, timeout_s: float) -> Deadline:
        return Deadline(server, min(timeout_s, 4))

    with monkeypatch.context() as patch:
        patch.setattr(connection_module, "Deadline", short)
        assert cuts.cut(scene, Fault(message=message, way=Way.HALF_OPEN))


@pytest.mark.parametrize("message", [3])
def test_a_link_that_drips_only_takes_longer(scene: Scene, message: int) -> None:
    assert cuts.cut(scene, Fault(message=message, way=Way.DRIP, drip=200)) is None


def test_the_proof_notices_a_file_that_is_half_there(scene: Scene) -> None:
    order = scene.order()
    conf = scene.home / "conf" / "neo4j.conf"
    whole = conf.read_bytes()
    conf.write_bytes(order.conf[:1000])
    with contextlib.ExitStack() as after:
        after.callback(conf.write_bytes, whole)
        with pytest.raises(AssertionError):
            cuts.prove(scene, order)

"""Certificates from outside, by screens and by prompts: the same answers, and the same review."""

from __future__ import annotations

from pathlib import Path

import pytest
from black_box import served, wizard
from bringing import Authority, clear, pem
from test_e2e_three_ways import by_file, by_prompts, by_screens, chosen, own_room, plan_of

from wizard.interview.fields import Raw


@pytest.mark.tmux
def test_existing_files_by_screens_prompts_and_file_are_one_plan(tmp_path: Path) -> None:
    box = tmp_path / "box"
    box.mkdir()
    with served() as cluster:
        authority = Authority("payments cluster CA")
        for server in cluster.servers:
            certificate, key = authority.leaf(server["address"])
            both = pem(certificate, authority.certificate) + clear(key)
            (box / f"{server['name']}.pem").write_bytes(both)
        brought: dict[str, Raw] = {"trust.model": "existing", "trust.material": str(box)}
        others = ("subject.", "trust.", "keys.", "policy.")
        answers = {k: v for k, v in chosen(cluster).items() if not k.startswith(others)} | brought
        typed, lined = own_room(tmp_path, "typed"), own_room(tmp_path, "lined")
        screens = by_screens(cluster, answers, **typed)
        prompts = by_prompts(cluster, tmp_path, answers, **lined)
        assert screens.read_bytes() == prompts.read_bytes()
        plan = plan_of(by_file(cluster, tmp_path, answers))
        assert plan_of(screens, **typed) == plan
        assert plan_of(prompts, **lined) == plan


@pytest.mark.tmux
def test_the_review_says_where_requests_wait(tmp_path: Path) -> None:
    with served("--servers", "2") as cluster:
        before = cluster.trees()
        others = ("trust.", "keys.", "policy.")
        answers = {k: v for k, v in chosen(cluster).items() if not k.startswith(others)}
        typed = own_room(tmp_path, "typed")
        requested: dict[str, Raw] = {"trust.model": "request"}
        saved = by_screens(cluster, answers | requested, "Waiting for certificates", **typed)
        assert 'algorithm = "rsa-3072"' in saved.read_text()
        assert cluster.trees() == before
        planned = wizard("plan", "--answers", saved, "--json", **typed)
        waiting = {event.get("server") for event in planned.of("problem")} - {None}
        assert (planned.exit_code, waiting) == (1, {"server1", "server2"})

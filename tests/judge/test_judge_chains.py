"""The doctor, and two JDKs, on the same chains: nothing is let pass that Java refuses."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
from judge_artifacts import Installed, MissingToolError
from judge_bench import Bench
from judge_certificates import Identity, pem, plain
from judge_chains import Chain
from judge_chains_made import all_chains
from judge_forge import HOST, forge, forge_ca
from judge_jdk import Doctor, Verdict, ask_doctor, ask_jdk, jdk_homes, lay_out
from judge_process import Judge

from wizard.model.version import Version

pytestmark = pytest.mark.timeout(600)

BOTH_WAYS = ("as server", "as client")

STRICTER = {
    "the trusted CA is held to what it says of itself; Java only reads its name and key": (
        *("anchor ended", "anchor only begins tomorrow", "anchor of path length 0 broken"),
        "anchor has an unknown critical extension",
        "anchor may sign for another name",
    ),
    "a certificate that is itself trusted is not looked at by Java": (
        "self-signed and trusted, for servers only",
        "self-signed and trusted, for key encipherment only",
        *("self-signed and trusted, ended", "self-signed and trusted, only begins tomorrow"),
    ),
    "a server that may sign others can let anyone in": ("may sign others by its key usage",),
    "it works today, and not next month": ("ends in ten days",),
    "a name that can never match is of no use": ("name: underscore beside a good one",),
    "a wildcard stands for servers nobody thought of": (
        *("name: wildcard of one label", "name: wildcard in a label"),
        *("name: wildcard in the middle", "name: wildcard beside a good one"),
    ),
    "the common name is no place for a name: other programs do not look there": (
        "name: only as common name",
    ),
    "a key or a signature that can be broken": (
        *("RSA 1024", "below an RSA root of 1024 bits"),
        *("leaf signed with sha1", "intermediate signed with sha1"),
    ),
    "a list that does not count is of no use, and one that may not be signed will not last": (
        *("list: signed by another key, and the right one", "list: its CA may not sign lists"),
        "list: revoked by a list of another key",
    ),
}
"""What a JDK accepts and the doctor warns of, on purpose; each by its name."""

LOOSER = {
    "its peers need it in their trusted/, which is not here; the doctor says so": (
        "self-signed, another one trusted",
    ),
}
"""What a JDK refuses and the doctor has a note about."""

JDKS_DIFFER = {
    "JDK 25 compares only the first label with wildcards": ("name: wildcard in the middle",),
}
"""What one JDK accepts and the other does not."""


def listed(reasons: Mapping[str, tuple[str, ...]]) -> set[str]:
    return {name for names in reasons.values() for name in names}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """One chain with every verdict."""

    chain: Chain
    jdks: Mapping[int, Verdict]
    doctor: Doctor

    def is_stricter(self, way: int) -> bool:
        """Whether the doctor finds fault with what some JDK accepts."""
        return not self.doctor.accepted[way] and any(
            verdict.accepted[way] for verdict in self.jdks.values()
        )

    def is_looser(self, way: int) -> bool:
        """Whether the doctor lets pass what some JDK refuses."""
        return self.doctor.accepted[way] and not all(
            verdict.accepted[way] for verdict in self.jdks.values()
        )


@pytest.fixture(scope="module")
def judged(tmp_path_factory: pytest.TempPathFactory, table_folder: Path) -> list[Judged]:
    """Every chain before both JDKs, one JVM each, and before the doctor."""
    folder, chains = tmp_path_factory.mktemp("chains"), all_chains()
    try:
        homes = jdk_homes()
    except MissingToolError as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    lay_out(folder, chains)
    with ThreadPoolExecutor(len(homes)) as pool:
        found = pool.map(lambda home: [*ask_jdk(home, folder, chains)], homes.values())
        verdicts = dict(zip(homes, found, strict=True))
    rows = [
        Judged(
            chain=one,
            jdks={major: said[number] for major, said in verdicts.items()},
            doctor=ask_doctor(folder / str(number), one.host),
        )
        for number, one in enumerate(chains)
    ]
    write_table(table_folder / "chains.md", rows)
    return rows


def write_table(path: Path, rows: list[Judged]) -> None:
    """Write every chain with all verdicts, and why the doctor's differs where it does."""
    reasons = {
        name: why for table in (STRICTER, LOOSER) for why, own in table.items() for name in own
    }
    majors = [*rows[0].jdks]
    head = ["chain", *(f"JDK {major} {way}" for major in majors for way in BOTH_WAYS)]
    lines = [[*head, "doctor", "difference"], ["---"] * (len(head) + 2)]
    for row in rows:
        said = (
            words.partition(" <- ")[0] if row.jdks[major].starts == "OK" else row.jdks[major].starts
            for major in majors
            for words in (row.jdks[major].as_server, row.jdks[major].as_client)
        )
        differs = any(row.is_stricter(way) or row.is_looser(way) for way in range(2))
        why = reasons.get(row.chain.name, "not explained") if differs else "-"
        lines.append([row.chain.name, *said, str(row.doctor), why])
    shown = ("| " + " | ".join(cell.replace("|", "\\|") for cell in line) + " |" for line in lines)
    path.write_text("\n".join(shown) + "\n", encoding="utf-8")


def differing(rows: list[Judged], ask: Callable[[Judged, int], bool]) -> set[str]:
    return {row.chain.name for row in rows for way in range(2) if ask(row, way)}


def test_the_table_is_long_and_names_each_chain_once(judged: list[Judged]) -> None:
    names = [row.chain.name for row in judged]
    assert len(names) == len(set(names)) >= 170
    accepted = sum(
        verdict.accepted == (True, True) for row in judged for verdict in row.jdks.values()
    )
    assert 0.3 < accepted / (2 * len(names)) < 0.7  # neither says always the same


def test_the_doctor_lets_nothing_pass_that_java_refuses(judged: list[Judged]) -> None:
    assert differing(judged, Judged.is_looser) == listed(LOOSER)


def test_every_deliberate_strictness_is_listed_and_needed(judged: list[Judged]) -> None:
    assert differing(judged, Judged.is_stricter) == listed(STRICTER)


def test_an_error_is_never_merely_stricter(judged: list[Judged]) -> None:
    wrong = differing(
        judged,
        lambda row, way: (
            row.doctor.refused[way] and any(verdict.accepted[way] for verdict in row.jdks.values())
        ),
    )
    assert wrong == set()


def test_the_two_jdks_agree_but_for_what_is_listed(judged: list[Judged]) -> None:
    found = {
        row.chain.name
        for row in judged
        if len({verdict.accepted for verdict in row.jdks.values()}) > 1
    }
    assert found == listed(JDKS_DIFFER)


ASKED = (Version(5, 26, 30), Version(2026, 8, 1))
"""One on the oldest JDK and one on a newer one."""


@pytest.mark.parametrize("version", ASKED, ids=str)
def test_neo4j_s_own_classes_say_what_the_jdk_says(
    version: Version, installed: dict[Version, Installed], judged: list[Judged], tmp_path: Path
) -> None:
    oldest = not version.is_calendar
    root = forge_ca("friend root")
    friend = forge("friend", root, names=("server2.cluster.test",))
    differing, asked = [], 0
    with Judge(installed[version]) as judge:
        for row in judged:
            if row.chain.host != HOST:
                continue  # only these names lead to an address here
            said = _ask_neo4j(judge, row.chain, Bench(tmp_path / str(asked), version), friend, root)
            asked += 1
            expected = row.jdks[min(row.jdks) if oldest else max(row.jdks)].accepted
            if said != expected:
                differing.append((row.chain.name, said, expected))
    assert asked > 130
    assert differing == []


def _ask_neo4j(
    judge: Judge, chain: Chain, bench: Bench, friend: Identity, root: Identity
) -> tuple[bool, bool]:
    """Put a chain into server1 and its trust into server2, and let each dial the other."""
    judge.forget()
    one, two = bench.one, bench.two
    one.trust(root.certificate)
    one.put("private.key", plain(chain.key or chain.sent[0].key))
    one.put("public.crt", pem(*(own.certificate for own in chain.sent)))
    two.show(friend)
    two.trust(*(anchor.certificate for anchor in chain.trusted))
    for number, revoked in enumerate(chain.crls):
        two.put(f"revoked/{number}.crl", pem(revoked))
    for server in bench.servers:
        server.write_conf()
        if judge.load(server.name, server.conf, server.home).get("failed"):
            return False, False
    as_server = judge.handshake(two.name, one.name, HOST)["accepted"]
    return as_server, judge.handshake(one.name, two.name, two.address)["accepted"]

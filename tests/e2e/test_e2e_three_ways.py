"""The same answers by screens, by prompts and by file are the same plan, byte for byte."""

from __future__ import annotations

import subprocess
import tomllib
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest
import tomli_w
from black_box import COMMAND, LONG_ENOUGH_S, Served, private, served, wizard
from terminal import ENDED, Terminal, terminal

from wizard.interview import INTERVIEW
from wizard.interview.access import ACCESS
from wizard.interview.fields import Choice, Field, Raw, SecretField, ServerRows, StepKind
from wizard.interview.welcome import OWN

CHOSEN: dict[str, Raw] = {
    "cluster.name": "practice",
    "login": "identity",
    "subject.country": "GB",
    "subject.organization": "Käse & Söhne, Ltd",
    "trust.ca_key": "destroy",
    "trust.intermediate": "true",
    "trust.name_constraints": "false",
    "keys.algorithm": "ec-p384",
    "keys.lifetime_days": 365,
    "policy.client_auth": "OPTIONAL",
    "kit.backup": "false",
    "kit.java_trust_store": "jks",
}
"""What is not left at its default; servers and key file come from the practice cluster."""


YES_OR_NO = {"true": True, "false": False}
"""What a choice of the interview holds, as the file has it."""


@pytest.fixture(scope="module")
def cluster() -> Iterator[Served]:
    with served() as running:
        yield running


def chosen(cluster: Served) -> dict[str, Raw]:
    return CHOSEN | {"access.identity_file": str(cluster.folder / "login_key")}


def asked(kind: StepKind, answers: dict[str, Raw]) -> Iterator[Field]:
    """The questions of the steps of one kind that these answers lead to, in their order."""
    given = {"walk": OWN, **answers}
    for step in INTERVIEW:
        if step.kind is kind and step.applies(given):
            yield from (field for field in step.fields if field.applies(given))


def plan_of(answers: Path, **environment: str) -> str:
    """What `plan --json` says with an answers file; it is no plan when it says nothing."""
    ended = wizard("plan", "--answers", answers, "--json", **environment)
    assert ended.exit_code == 0, ended.stdout + ended.stderr
    assert len(ended.of("change_planned")) == 15
    # Its SHA-256 also stands for answers that come to the same, such as an address or "detect".
    lines = ended.stdout.splitlines(keepends=True)
    return "".join(line for line in lines if "SHA-256 of this plan" not in line)


def by_file(cluster: Served, folder: Path, answers: dict[str, Raw]) -> Path:
    """The practice cluster's own answers, with what was chosen written into them."""
    document = tomllib.loads(cluster.answers.read_text())
    for key, value in answers.items():
        table, _, name = key.rpartition(".")
        if table:
            document.setdefault(table, {})[name] = YES_OR_NO.get(str(value), value)
    return private(folder / "answers.toml", tomli_w.dumps(document))


def by_prompts(cluster: Served, folder: Path, answers: dict[str, Raw], **own: str) -> Path:
    """Answer every question by a line through a pipe, and say no at the yes."""
    saved = folder / "prompts.toml"
    lines = ["2", str(answers["cluster.name"])]
    for server in cluster.servers:
        more = "no" if server is cluster.servers[-1] else "yes"
        lines += [server["name"], server["ssh"], "", more]
    forms = list(asked(StepKind.FORM, answers))
    after = next(at for at, field in enumerate(forms) if isinstance(field, ServerRows)) + 1
    lines += [str(answers.get(field.key, "")) for field in forms[after:]]
    lines += ["yes", "", str(saved), "no"]
    done = subprocess.run(
        [*COMMAND, "--plain"],
        input="".join(f"{line}\n" for line in lines),
        capture_output=True,
        text=True,
        timeout=LONG_ENOUGH_S,
        check=False,
        env=own,
    )
    assert done.returncode == 130, done.stdout + done.stderr
    assert "Nothing was changed." in done.stdout
    return saved


DOWN = "The cluster is down for about"


def by_screens(cluster: Served, answers: dict[str, Raw], review: str = DOWN, **own: str) -> Path:
    """Type every answer into the screens, see these words in the review, and leave."""
    with terminal(*COMMAND, size="120x40", **own) as it:
        it.wait("● Practise")
        it.press("Down")
        it.wait("● Encrypt my cluster")
        it.press("Enter")
        access = [field for field in asked(StepKind.FORM, answers) if field in ACCESS.fields]
        for field in asked(StepKind.FORM, answers):
            it.wait(partial(is_asked, field))
            if isinstance(field, ServerRows):
                type_servers(it, cluster)
            else:
                fill_in(it, field, answers)
            it.press("Enter")
            if field is access[-1]:
                look_around(it)
        it.wait(review)
        it.press("C-q")
        it.wait(lambda text: "Stop and quit" in text or ENDED in text)
        if ENDED not in it.screen():
            it.press("Right", "Enter")
        it.wait(ENDED)
    return Path(own["XDG_STATE_HOME"]) / "neo4j-tls" / "last-answers.toml"


def is_asked(field: Field, screen: str) -> bool:
    """Whether a question has the focus: its reason stands under it and under no other."""
    labels = {one.label for step in INTERVIEW for one in step.fields}
    last = ""
    for line in screen.splitlines():
        words = line.partition("│")[2].strip()
        last = next((label for label in labels if words.startswith(f"{label}  ")), last)
        if words.startswith(" ".join(field.why.split()[:5])):
            return last == field.label
    return False


def fill_in(it: Terminal, field: Field, answers: dict[str, Raw]) -> None:
    """Choose or type an answer where it is not the default."""
    usual = field.default({}).value
    wanted = answers.get(field.key, usual)
    if wanted == usual or isinstance(field, SecretField):
        return
    if isinstance(field, Choice):
        values = [option.value for option in field.options]
        distance = values.index(str(wanted)) - values.index(str(usual))
        it.press(*["Down" if distance > 0 else "Up"] * abs(distance))
        it.wait(f"● {field.options[values.index(str(wanted))].label}")
    else:
        it.enter(str(wanted), instead_of=str(usual))


def type_servers(it: Terminal, cluster: Served) -> None:
    for server in cluster.servers:
        it.enter(server["ssh"])
        it.press("Enter")
        it.wait(f"{server['name']} ")


def look_around(it: Terminal) -> None:
    """Say yes to the host keys, and that there is a backup."""
    it.wait("Are these your servers?")
    it.press("Enter")
    it.wait("Nothing is in the way")
    it.press("Enter")


def own_room(folder: Path, name: str) -> dict[str, str]:
    """A person of their own, who has said yes to no host key yet."""
    home = folder / name
    home.mkdir()
    system = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
    return system | {"HOME": str(home), "XDG_STATE_HOME": str(home / "state")}


@pytest.mark.tmux
def test_screens_prompts_and_file_lead_to_the_same_bytes(cluster: Served, tmp_path: Path) -> None:
    answers = chosen(cluster)
    before = cluster.trees()
    typed, lined = own_room(tmp_path, "typed"), own_room(tmp_path, "lined")
    screens = by_screens(cluster, answers, **typed)
    prompts = by_prompts(cluster, tmp_path, answers, **lined)
    assert screens.read_bytes() == prompts.read_bytes()
    plan = plan_of(by_file(cluster, tmp_path, answers))
    assert plan_of(screens, **typed) == plan
    assert plan_of(prompts, **lined) == plan
    assert cluster.trees() == before


def test_another_answer_is_another_plan(cluster: Served, tmp_path: Path) -> None:
    plan = plan_of(by_file(cluster, tmp_path, chosen(cluster)))
    for key in ("subject.organization", "keys.algorithm", "keys.lifetime_days"):
        others = {name: value for name, value in chosen(cluster).items() if name != key}
        assert plan_of(by_file(cluster, tmp_path, others)) != plan, key

"""The plan for the change ticket: complete, the same each time, and inert whatever servers say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import settings as budget
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from planning_world import NAMES, applied, cluster, conf_of, settings

from wizard.arguments import parsed
from wizard.model.markdown import code, fenced, inline
from wizard.model.settings import AccessSettings, Become
from wizard.planning.approval import approval_of
from wizard.planning.planner import make_plan, with_run
from wizard.planning.render import plan_text
from wizard.planning.ticket import plan_markdown

MARKDOWN = MarkdownIt("gfm-like")
HOSTILE = (
    "<script>alert(1)</script>", "![x](http://evil.example/x.png)", "[a](javascript:x)", "`x`",
    "**bold**", "# head", "| a | b |", "https://evil.example", "www.evil.example", "&lt;b&gt;",
    "- item", "1. one", "---", "```", "~~~", "<!-- ", "a\\", "***", "x_y_z", "~~gone~~",
    "mail@evil.example", "+ more", "===",
)  # fmt: skip


def kinds(text: str) -> set[str]:
    found = set()
    for token in MARKDOWN.parse(text):
        found.add(token.type)
        found |= {child.type for child in token.children or ()}
    return found


PLAIN = {"paragraph_open", "paragraph_close", "inline", "text", "softbreak", "text_special"}


@pytest.mark.parametrize("text", HOSTILE)
def test_no_text_from_outside_means_anything_in_markdown(text: str) -> None:
    assert kinds(inline(text)) <= PLAIN
    told = "".join(
        child.content for token in MARKDOWN.parse(inline(text)) for child in token.children or ()
    )
    assert told == " ".join(text.split())


@budget(max_examples=200, deadline=None)
@given(st.text(st.sampled_from("`|\\<>[]()!_*#-+=~&:/.@ 1awhtps\n")))
def test_any_text_stays_text(text: str) -> None:
    assert kinds(inline(text)) <= PLAIN
    spans = [child for t in MARKDOWN.parse(f"x {code(text)}") for child in t.children or ()]
    assert {child.type for child in spans} <= {"text", "code_inline"}
    blocks = MARKDOWN.parse("\n".join(fenced(text.split("\n"))))
    assert [block.type for block in blocks] == ["fence"]


def test_the_page_has_all_that_a_ticket_asks_for() -> None:
    page = plan_markdown(make_plan(settings(), cluster()))
    for title in (
        "Problems", "Servers", "The order", "What changes where", "What stays unencrypted",
        "The way back", "Approval",
    ):  # fmt: skip
        assert f"\n## {title}\n" in page
    for name in NAMES:
        assert f"\n### {name}\n" in page
        assert f"`sh ~/.neo4j-tls/RUN/{name}/undo.sh`" in page
    assert "+dbms.ssl.policy.cluster.private_key_password=********" in page
    assert approval_of(make_plan(settings(), cluster())).sha256 in page
    assert "seconds" in page
    assert "Bolt" in page
    assert "\n@@ -" in page


def test_the_page_is_the_same_each_time_and_holds_no_secret() -> None:
    conf = conf_of("server2", "dbms.ssl.policy.bolt.private_key_password=CanaryBolt")
    page = plan_markdown(make_plan(settings(), cluster(conf=conf)))
    assert page == plan_markdown(make_plan(settings(), cluster(conf=conf)))
    assert "Canary" not in page


def test_a_hostile_neo4j_conf_stays_in_its_block() -> None:
    lines = ("# ```", "# <script>x</script>", "# ![x](http://evil.example)", "a.b=`|~~~")
    plan = make_plan(settings(), cluster(conf=conf_of("server2", *lines)))
    tokens = [
        token
        for block in MARKDOWN.parse(plan_markdown(plan))
        for token in (block, *(block.children or ()))
    ]
    assert not {token.type for token in tokens} & {"html_block", "html_inline", "image"}
    # The advertised names are the only ones that an eager reader may take for addresses.
    links = [str(token.attrs["href"]) for token in tokens if token.type == "link_open"]
    assert all(link.endswith(".example.com") for link in links)


def test_a_blocked_plan_is_a_page_of_problems() -> None:
    page = plan_markdown(make_plan(settings(), cluster(free_kib=1)))
    assert "**Error** `too-little-space`" in page
    assert "What changes where" not in page
    assert "SHA-256" not in page


def test_a_plan_without_changes_says_so() -> None:
    facts = applied(make_plan(settings(), cluster()), cluster())
    plan = make_plan(settings(), facts, leaf_state=lambda _leaf, _names, _trusted: None)
    assert "Everything is in place" in plan_markdown(plan)


@pytest.mark.parametrize(
    ("become", "words", "end"),
    [
        (Become.NONE, "sh ", ""),
        (Become.SUDO, "sudo sh ", ""),
        (Become.COMMAND, "doas -n sh -c 'sh ", "'"),
    ],
)
def test_the_rescue_commands_are_exact(become: Become, words: str, end: str) -> None:
    wanted = settings(access=AccessSettings(become=become, become_command="doas -n"))
    text = plan_text(with_run(make_plan(wanted, cluster()), "20261122-101112-abcd"))
    for verb in ("resume", "undo"):
        assert f"      neo4j-tls {verb} 20261122-101112-abcd" in text
        assert parsed([verb, "20261122-101112-abcd"]).verb == verb
    for name in NAMES:
        assert f"      {words}~/.neo4j-tls/20261122-101112-abcd/{name}/undo.sh{end}" in text

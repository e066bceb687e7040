"""The report of a run in Markdown: for the change ticket, and for whoever comes after."""

from __future__ import annotations

from datetime import datetime
from string import Template

from wizard.engine.papers.outcome import Outcome
from wizard.engine.sentences import problem_text

_PAGE = Template("""\
# Encryption between the servers of $cluster

Run `$run`, $made UTC: $result.$downtime

## Servers

| server | address | certificate (SHA-256) | valid until |
|---|---|---|---|
$servers

$authority

## Links, by the servers' own logs

```text
$links
```

## Proof

Every cluster port was shown our own certificate from the other servers, and from one of them what
it has to refuse.

```text
$proof
```

## Problems

$problems

## What stays unencrypted

$open

## For those who connect

$kit

## Later

- The same again, without questions: `$command`
- Back to the state before: `$undo`
- The first certificate expires on $first. Renew them before that day; the calendar file in the
  folder of this run carries the date.
$copy
""")

_RESULTS = {
    "ok": "done and proved",
    "problems": "done, with problems",
    "reverted": "it failed, and every server was put back",
    "stopped": "it stopped half-way",
    "interrupted": "interrupted, nothing left half-done",
}


def report(outcome: Outcome, made: datetime) -> str:
    """Return the report as Markdown; it holds no secret."""
    expiries = outcome.expiries
    return _PAGE.substitute(
        cluster=_plain(outcome.cluster),
        run=outcome.run or "-",
        made=f"{made:%Y-%m-%d %H:%M}",
        downtime=f" {outcome.downtime_words}" if outcome.downtime_words else "",
        result=_RESULTS.get(outcome.result, str(outcome.result)),
        servers="\n".join(
            f"| {one.server} | {_plain(one.address)} | `{one.fingerprint}` "
            f"| {one.not_after:%Y-%m-%d} |"
            for one in outcome.servers
        ),
        authority=_authority(outcome),
        links="\n".join(outcome.links.lines()),
        proof="\n".join(outcome.proof.lines(width=100)),
        problems="\n".join(f"- {_plain(problem_text(one))}" for one in outcome.problems)
        or "None were found.",
        open="\n".join(f"- {_plain(line)}" for line in outcome.stays_unencrypted)
        or "Nothing that this wizard knows of.",
        kit=_kit(outcome),
        copy=_copy(outcome),
        command=outcome.command,
        undo=outcome.undo_command,
        first=f"{min(expiries.values()):%Y-%m-%d}" if expiries else "an unknown day",
    )


def _authority(outcome: Outcome) -> str:
    if outcome.trusted:
        return "The certificates were issued elsewhere. " + " ".join(map(_plain, outcome.trusted))
    if outcome.authority_not_after is None:
        return "Every server trusts the certificates of the others themselves; there is no CA."
    until = f"It is valid until {outcome.authority_not_after:%Y-%m-%d}."
    return (
        "The certificate authority was made for this cluster alone; only it stands in the"
        f" servers' trusted folders. {until} Its folder is `{outcome.authority_folder}`."
    )


def _kit(outcome: Outcome) -> str:
    if outcome.kit is None:
        return "Nothing was made for them."
    lines = [f"- {_plain(sentence)}" for sentence in outcome.kit.handed]
    return "\n".join([f"In `{outcome.kit.folder}`:", "", *lines])


def _copy(outcome: Outcome) -> str:
    if outcome.authority_not_after is None:
        return (
            "- A server that joins later needs a certificate that the others trust, and so a copy"
            " of it\n  in each of their trusted folders, or an issuer they trust already."
        )
    if not outcome.key_kept:
        return (
            "- The key of the certificate authority was destroyed: a server that joins later, or a"
            " renewal,\n  means certificates for all servers anew."
        )
    return (
        "- A server that joins later needs a certificate of the same certificate authority, so keep"
        " a copy\n  of its folder, and of its password, away from this workstation."
    )


def _plain(text: str) -> str:
    """Keep a text from outside from being read as Markdown or HTML."""
    for sign in "\\`*_[]<>|":
        text = text.replace(sign, f"\\{sign}")
    return text.replace("\n", " ")

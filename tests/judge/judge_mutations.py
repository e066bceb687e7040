"""Mistakes as people make them in a neo4j.conf, made by chance and always the same ones."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

Lines = list[bytes]
Mutation = Callable[[Random, Lines, int], None]

_VALUES = (
    *(b"yes", b"REQUIRED", b"TRUE", b"", b"$(hostname)", b'"true"', b"true # as we like it"),
    *(b"TLSv1.2;TLSv1.3", b"TLSv1.4", b"none", b"NONE", b"0", b"C:\\users\\neo4j", b" true "),
    *("café".encode(), b"caf\xe9", b"localhost:99999", b"localhost:port", b":6000", b"/a b/c"),
)
_SUFFIXES = (
    *(b"enable", b"allow_key_generation", b"truststore", b"trust_expired", b"client_auth"),
    *(b"verify_hostname", b"tls_level", b"ENABLED", b"base_directory", b"ciphers"),
)
_BYTES = b"abcxyzABC019._-=:#! \t\\\"'\xe9"


def mutated(raw: bytes, seed: int) -> bytes:
    """Return a neo4j.conf with one to three mistakes; equal seeds make equal ones."""
    chance = Random(seed)  # noqa: S311 - for tests, not for secrets
    lines = raw.splitlines(keepends=True) or [b"\n"]
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        chance.choice(_MUTATIONS)(chance, lines, _place(chance, lines))
    return b"".join(lines)


def _place(chance: Random, lines: Lines) -> int:
    """Most mistakes are made where there is a setting, and most of those in SSL policies."""
    set_here = [n for n, line in enumerate(lines) if b"=" in line and not line.startswith(b"#")]
    ssl = [n for n in set_here if b"ssl" in lines[n]]
    for among, share in ((ssl, 0.7), (set_here, 0.9)):
        if among and chance.random() < share:
            return chance.choice(among)
    return chance.randrange(len(lines))


def _split(line: bytes) -> tuple[bytes, bytes, bytes]:
    text = line.rstrip(b"\r\n")
    key, _, value = text.partition(b"=")
    return key, value, line[len(text) :]


def _character_gone(chance: Random, lines: Lines, at: int) -> None:
    where = chance.randrange(max(1, len(lines[at]) - 1))
    lines[at] = lines[at][:where] + lines[at][where + 1 :]


def _character_more(chance: Random, lines: Lines, at: int) -> None:
    where = chance.randrange(len(lines[at]))
    more = bytes([chance.choice(_BYTES)])
    lines[at] = lines[at][:where] + more + lines[at][where:]


def _characters_swapped(chance: Random, lines: Lines, at: int) -> None:
    line = lines[at]
    where = chance.randrange(max(1, len(line) - 2))
    lines[at] = line[:where] + line[where + 1 : where + 2] + line[where : where + 1]
    lines[at] += line[where + 2 :]


def _other_value(chance: Random, lines: Lines, at: int) -> None:
    key, _, end = _split(lines[at])
    lines[at] = key + b"=" + chance.choice(_VALUES) + end


def _other_suffix(chance: Random, lines: Lines, at: int) -> None:
    key, value, end = _split(lines[at])
    lines[at] = key.rpartition(b".")[0] + b"." + chance.choice(_SUFFIXES) + b"=" + value + end


def _other_scope(chance: Random, lines: Lines, at: int) -> None:
    scope = chance.choice((b"Cluster", b"CLUSTER", b"backup", b"default", b"bolt", b"clutser"))
    lines[at] = lines[at].replace(b".cluster.", b"." + scope + b".")


def _twice(chance: Random, lines: Lines, at: int) -> None:
    lines.insert(chance.randrange(len(lines) + 1), b"\n" + lines[at].rstrip(b"\r\n") + b"\n")


def _gone(_chance: Random, lines: Lines, at: int) -> None:
    lines[at] = b"\n"


def _ended(chance: Random, lines: Lines, at: int) -> None:
    key, value, end = _split(lines[at])
    tail = chance.choice((b" ", b"\t", b"\\", b"\\\\", b" # comment", b";", b",", b"  \\"))
    lines[at] = key + b"=" + value + tail + end


def _begun(chance: Random, lines: Lines, at: int) -> None:
    lines[at] = chance.choice((b" ", b"\t", b"- ", b"export ", b"\xef\xbb\xbf", b"#")) + lines[at]


def _separated(chance: Random, lines: Lines, at: int) -> None:
    by = chance.choice((b" = ", b": ", b" ", b"==", b" :"))
    lines[at] = lines[at].replace(b"=", by, 1)


def _strict(chance: Random, lines: Lines, _at: int) -> None:
    name = chance.choice(
        (b"dbms.config.strict_validation", b"server.config.strict_validation.enabled")
    )
    value = chance.choice((b"true", b"false", b"no"))
    lines.append(b"\n" + name + b"=" + value + b"\n")


_MUTATIONS: tuple[Mutation, ...] = (
    *(_character_gone, _character_more, _characters_swapped, _other_value, _other_value),
    *(_other_suffix, _other_scope, _twice, _gone, _ended, _begun, _separated, _strict),
)

"""How neo4j.conf stands on a server, read from what the survey answered."""

from __future__ import annotations

from posixpath import dirname, join

from wizard.model.facts import AccessEntry, ConfKind, ConfPlace
from wizard.remote.answers import Answer, stat_from, unhex

_ROOT = "0"
_OWN_MOUNT = "own"


def read_conf_place(answer: Answer) -> ConfPlace:
    """Return how neo4j.conf stands; what a system does not tell counts as harmless."""
    links = [(_path(fields[0]), fields[1:]) for fields in answer.all("link")]
    stat = stat_from(answer.first("conf")[1:])
    trusted = {_ROOT} if stat is None else {_ROOT, str(stat.uid)}
    mounts = [fields[1:] for fields in answer.all("mount")]
    names = answer.first("names")
    return ConfPlace(
        kind=_kind(answer),
        links=tuple(path for path, _owner in links),
        strange_link=next((p for p, owner in links if owner and owner[0] not in trusted), None),
        hard_links=int(names[0]) if names and names[0].isdecimal() else 1,
        mounted=mounts[0][0] == _OWN_MOUNT if mounts else None,
        read_only=tuple(_read_only(answer, mounts)),
        checkout=answer.text("checkout") or None,
        access_list=tuple(_entry(*fields) for fields in answer.all("access")),
    )


def _entry(kind: str, number: str, rights: str, name: str) -> AccessEntry:
    """Of an owning user or group the answer has the number, and no name."""
    return AccessEntry(
        group=kind == "group",
        number=int(number),
        name=_path(name) or number,
        reads=rights.startswith("r"),
    )


def _kind(answer: Answer) -> ConfKind:
    """A file that can't be read is still a file: that is said where its content is missed."""
    shape = answer.first("shape")
    return ConfKind(shape[0]) if shape else ConfKind.FILE


def _read_only(answer: Answer, mounts: list[list[str]]) -> list[str]:
    """The mounts are told of neo4j.conf, its folder, and where certificates go, in this order."""
    places = (dirname(answer.text("conf")), join(answer.text("home"), "certificates"))
    return [place for place, (_own, way) in zip(places, mounts[1:], strict=False) if way == "ro"]


def _path(digits: str) -> str:
    return unhex(digits).decode("utf-8", "surrogateescape")

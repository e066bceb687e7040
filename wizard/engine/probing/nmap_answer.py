"""What nmap's script ssl-enum-ciphers found at the ports of one host, out of its XML."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from wizard.model.text import shown

_SCRIPT = "ssl-enum-ciphers"
_LONGEST = 80
_DEEPEST = 32
_MOST = 500
_NMAPS_OWN = "TLS_AKE_WITH_"
"""What nmap puts before the suites of TLS 1.3, which have no key exchange in their names."""


class NmapAnswerError(Exception):
    """This is no answer of nmap's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """What a port offers by nmap's account.

    Attributes:
        state: `open`, `closed`, `filtered` or what else nmap calls it.
        suites: the cipher suites of each TLS version, by its name; empty where it spoke no TLS.
    """

    state: str
    suites: Mapping[str, tuple[str, ...]]


@dataclass(slots=True)
class _Port:
    state: str = ""
    suites: dict[str, list[str]] = field(default_factory=dict)


class _Reader:
    """Follows the elements; tables of ssl-enum-ciphers lie in each other, each with a key."""

    def __init__(self) -> None:
        self.ports: dict[int, _Port] = {}
        self._path: list[str] = []
        self._port: _Port | None = None
        self._text: str | None = None

    def start(self, tag: str, given: dict[str, str]) -> None:
        if len(self._path) >= _DEEPEST:
            _refuse("too deep")
        if tag == "port":
            number = given.get("portid", "")
            self._port = _Port()
            if number.isascii() and number.isdigit() and len(self.ports) < _MOST:
                self.ports[int(number[:6])] = self._port
        elif tag == "state" and self._port is not None:
            self._port.state = shown(given.get("state", ""), _LONGEST)
        named = given.get("key", "") if tag in {"table", "elem"} else given.get("id", "")
        self._path.append(f"{tag} {named}")
        self._text = "" if tag == "elem" and named == "name" else None

    def text(self, text: str) -> None:
        if self._text is not None:
            self._text = (self._text + text)[:_LONGEST]

    def end(self, tag: str) -> None:
        match self._path:
            case [*_, scripts, version, "table ciphers", "table ", "elem name"] if (
                scripts == f"script {_SCRIPT}" and self._port is not None and self._text
            ):
                known = self._port.suites.setdefault(
                    shown(version.removeprefix("table "), _LONGEST), []
                )
                if len(known) < _MOST:
                    known.append(shown(self._text.replace(_NMAPS_OWN, "TLS_", 1), _LONGEST))
            case _:
                pass
        self._path.pop()
        self._text = None
        if tag == "port":
            self._port = None


def read_answer(xml: bytes) -> dict[int, Offered]:
    """Return what is offered at each port.

    Raises:
        NmapAnswerError: it is no XML, or has entities or a document type of its own.
    """
    reader, parser = _Reader(), expat.ParserCreate()
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.EntityDeclHandler = lambda *_: _refuse("an entity")
    parser.ExternalEntityRefHandler = lambda *_: 0
    parser.StartDoctypeDeclHandler = _check_document_type
    try:
        parser.Parse(xml, True)  # noqa: FBT003 - expat takes it by its place: this is all
    except (expat.ExpatError, LookupError, ValueError) as error:  # or a strange encoding
        raise NmapAnswerError(str(error)) from error
    return {
        number: Offered(
            state=port.state, suites={name: tuple(one) for name, one in port.suites.items()}
        )
        for number, port in reader.ports.items()
    }


def _check_document_type(
    _name: str,
    _system: str | None,
    _public: str | None,
    has_own: bool,  # noqa: FBT001 - expat calls it so
) -> None:
    if has_own:
        _refuse("a document type of its own")


def _refuse(what: str) -> NoReturn:
    raise NmapAnswerError(what)

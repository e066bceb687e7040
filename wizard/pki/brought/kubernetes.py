"""Kubernetes secrets as kubectl prints them, in JSON or YAML: each is a folder of files."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Iterable, Iterator, Mapping

from wizard.pki.brought.limits import TooCostlyError

_YAML_KIND = re.compile(
    r"""^[ \t-]*["']?kind["']?[ \t]*:[ \t]*["']?(Secret|List)\b""", re.MULTILINE
)
_MOST_EVENTS = 20_000
_DEEPEST = 16
_MOST_WITHOUT_C = 1 << 17
"""Characters for PyYAML's own parser, which takes a second for them; libyaml is not built in."""

_SPACES = re.compile(r"\s+")


def secret_entries(text: str) -> tuple[tuple[str, bytes | None], ...] | None:
    """Return the files inside secrets by name, or None when the text is no secret.

    A list of secrets gives names such as `NAME/tls.crt`. What is no Base64 comes as None.

    Raises:
        TooCostlyError: it refers to itself, or is nested or cut up more than any secret.
    """
    if text.lstrip()[:1] == "{":
        documents = _from_json(text)
    elif _YAML_KIND.search(text):
        documents = _from_yaml(text)
    else:
        return None
    found = tuple(entry for document in documents for entry in _entries(document))
    return found or None


def _from_json(text: str) -> tuple[object, ...]:
    try:
        return (json.loads(text),)
    except (ValueError, RecursionError):
        return ()


def _from_yaml(text: str) -> tuple[object, ...]:
    import yaml  # noqa: PLC0415 - few bring YAML, and everybody would pay for it

    loader = getattr(yaml, "CBaseLoader", None)
    if loader is None and len(text) > _MOST_WITHOUT_C:
        raise TooCostlyError("it is too much YAML")
    loader = loader or yaml.BaseLoader
    try:
        _check_events(yaml.parse(text, Loader=loader))
        return tuple(yaml.load_all(text, Loader=loader))
    except (yaml.YAMLError, ValueError, RecursionError):
        return ()


def _check_events(events: Iterable[object]) -> None:
    """Look at the parts one by one: aliases would let a few lines stand for millions."""
    from yaml import events as kinds  # noqa: PLC0415 - as above

    depth = 0
    for count, event in enumerate(events):
        if isinstance(event, kinds.AliasEvent):
            raise TooCostlyError("it is YAML that refers to parts of itself")
        depth += isinstance(event, kinds.CollectionStartEvent)
        depth -= isinstance(event, kinds.CollectionEndEvent)
        if depth > _DEEPEST or count == _MOST_EVENTS:
            raise TooCostlyError("it is YAML with too many parts, or nested too deep")


def _entries(document: object) -> Iterator[tuple[str, bytes | None]]:
    if not isinstance(document, Mapping):
        return
    items = document.get("items")
    if isinstance(items, list):
        for item in items:
            name = _name(item)
            for key, value in _of_one(item):
                yield f"{name}/{key}", value
        return
    yield from _of_one(document)


def _name(secret: object) -> str:
    metadata = secret.get("metadata") if isinstance(secret, Mapping) else None
    return str(metadata.get("name", "")) if isinstance(metadata, Mapping) else ""


def _of_one(secret: object) -> Iterator[tuple[str, bytes | None]]:
    if not isinstance(secret, Mapping):
        return
    sealed, clear = secret.get("data"), secret.get("stringData")
    if isinstance(sealed, Mapping):
        yield from ((str(name), _decoded(value)) for name, value in sealed.items())
    if isinstance(clear, Mapping):
        yield from ((str(name), str(value).encode()) for name, value in clear.items())


def _decoded(value: object) -> bytes | None:
    try:
        return base64.b64decode(_SPACES.sub("", str(value)), validate=True)
    except ValueError:
        return None

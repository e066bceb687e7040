"""Makes frozen values out of the JSON that `dataclasses.asdict` and `json` made of them."""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import lru_cache
from typing import Any, TypeVar, Union, get_args, get_origin, get_type_hints

Value = TypeVar("Value")


def revived(kind: type[Value], raw: object) -> Value:
    """Return the value of this type that was written as `raw`.

    Knows dataclasses, enums, tuples, dictionaries, `X | None`, datetimes, text, numbers, booleans.

    Raises:
        ValueError: `raw` is no such value, or lacks a field that has no default.
    """
    value: Value = _of(kind, raw)
    return value


def _of(kind: Any, raw: object) -> Any:  # noqa: ANN401 - a type annotation, and what it stands for
    origin = get_origin(kind)
    if origin in (Union, types.UnionType):
        return _optional(kind, raw)
    if origin is tuple:
        return _tuple(get_args(kind), raw)
    if origin is not None and issubclass(origin, Mapping):
        return _mapping(get_args(kind), raw)
    if is_dataclass(kind):
        return _dataclass(kind, raw)
    return _plain(kind, raw)


def _optional(kind: Any, raw: object) -> Any:  # noqa: ANN401 - see above
    if raw is None and types.NoneType in get_args(kind):
        return None
    (inner,) = (one for one in get_args(kind) if one is not types.NoneType)
    return _of(inner, raw)


def _tuple(kinds: tuple[Any, ...], raw: object) -> tuple[Any, ...]:
    if not isinstance(raw, list):
        raise ValueError(f"{raw!r} is no list")  # noqa: TRY004 - whoever reads records gets one error
    if len(kinds) == 2 and kinds[1] is Ellipsis:  # noqa: PLR2004 - tuple[X, ...]
        return tuple(_of(kinds[0], one) for one in raw)
    return tuple(_of(kind, one) for kind, one in zip(kinds, raw, strict=True))


def _mapping(kinds: tuple[Any, ...], raw: object) -> dict[Any, Any]:
    if not isinstance(raw, dict):
        raise ValueError(f"{raw!r} is no object")  # noqa: TRY004 - see above
    return {_of(kinds[0], key): _of(kinds[1], value) for key, value in raw.items()}


def _dataclass(kind: Any, raw: object) -> Any:  # noqa: ANN401 - see above
    if not isinstance(raw, dict):
        raise ValueError(f"{raw!r} is no {kind.__name__}")  # noqa: TRY004 - see above
    hints = _hints(kind)
    missing = [one.name for one in fields(kind) if one.name not in raw and not _has_default(one)]
    if missing:
        raise ValueError(f"{missing[0]} is missing in {kind.__name__}")
    known = {one.name for one in fields(kind) if one.init}
    return kind(**{key: _of(hints[key], value) for key, value in raw.items() if key in known})


def _plain(kind: Any, raw: object) -> Any:  # noqa: ANN401 - see above
    if isinstance(kind, type) and issubclass(kind, Enum):
        return kind(raw)
    if kind is datetime:
        return datetime.fromisoformat(str(raw))
    if kind is object or (isinstance(raw, kind) and not (kind is int and isinstance(raw, bool))):
        return raw
    raise ValueError(f"{raw!r} is no {kind}")


def _has_default(field: Field[Any]) -> bool:
    return field.default is not MISSING or field.default_factory is not MISSING


@lru_cache
def _hints(kind: Any) -> dict[str, Any]:  # noqa: ANN401 - see above
    return get_type_hints(kind)

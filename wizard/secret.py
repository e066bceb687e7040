"""A value that must not be seen: it shows nothing unless it is asked by name."""

from __future__ import annotations

from typing import NoReturn


class Secret:
    """A password or passphrase on its way from the field to the call that needs it.

    It has no text form, can't be pickled or formatted, and compares only with another Secret.
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the value; call this only in the expression that hands it on."""
        return self._value

    def __repr__(self) -> str:
        return "Secret(***)"

    __str__ = __repr__

    def __format__(self, format_spec: str) -> str:
        return "***"

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._value == self._value

    def __hash__(self) -> int:
        return hash((Secret, self._value))

    def __reduce__(self) -> NoReturn:
        raise TypeError("a Secret can't be pickled or copied")

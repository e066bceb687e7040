"""A run is resumed and undone from any folder, so no path of its answers may depend on one."""

from __future__ import annotations

import pytest

from wizard.errors import AnswerError
from wizard.interview.answers import load
from wizard.interview.layout import ENTRIES

HEAD = 'format = 1\n[cluster]\nname = "a"\n[[servers]]\nname = "b"\nssh = "c"\n'
NAMES = ("secrets", "identity_file", "known_hosts", "material", "ca_copy")
IN_TABLES = [key for key in ENTRIES if "." in key and key.rpartition(".")[2] in NAMES]
"""The paths of the answers file but `secrets`, which starts beside it and is kept whole."""


def line(key: str, path: str) -> str:
    table, _, name = key.rpartition(".")
    return f'[{table}]\n{name} = "{path}"\n'


@pytest.mark.parametrize("key", IN_TABLES)
def test_a_relative_path_is_refused_where_it_is_read(key: str) -> None:
    for path in ("/there/it/is", "~/it"):
        assert load(HEAD + line(key, path))[key] == path
    for path in ("it", "../it", "./it"):
        with pytest.raises(AnswerError, match="refused") as caught:
            load(HEAD + line(key, path))
        assert caught.value.key == key


def test_so_is_one_of_a_server_alone() -> None:
    assert load(HEAD + 'material = "/there"\n')
    with pytest.raises(AnswerError, match="refused"):
        load(HEAD + 'material = "here"\n')

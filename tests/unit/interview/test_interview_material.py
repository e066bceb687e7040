"""Where certificates lie: kept wherever it counts, for all servers or for one."""

from __future__ import annotations

import pytest

from wizard.errors import AnswerError
from wizard.interview.answers import load, parse, to_toml
from wizard.interview.complete import complete

SHORT = """format = 1
[cluster]
name = "payments"
[[servers]]
name = "server1"
ssh = "admin@10.0.0.1"
{row}
[trust]
model = "{model}"
material = "/box"
"""


@pytest.mark.parametrize(
    ("model", "kept"), [("existing", "/box"), ("request", "/box"), ("private-ca", None)]
)
def test_a_place_that_was_typed_is_kept_where_it_counts(model: str, kept: str | None) -> None:
    whole = complete(load(SHORT.format(model=model, row="")))
    assert parse(whole).material == kept
    assert complete(whole) == whole


def test_a_server_s_own_place_is_read_written_and_checked() -> None:
    row = 'material = "~/server1"'
    whole = complete(load(SHORT.format(model="existing", row=row)))
    assert parse(load(to_toml(whole))).servers[0].material == "~/server1"
    without = complete(load(SHORT.format(model="existing", row="")))
    assert parse(without).servers[0].material is None
    assert "servers.server1.material" not in to_toml(without)
    with pytest.raises(AnswerError) as refused:
        load(SHORT.format(model="existing", row='material = "a\\nb"'))
    assert refused.value.key == "servers.server1.material"

"""A wrong password that gives good padding by chance, as one in 256 does."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from wizard.model.settings import KeyAlgorithm
from wizard.pki.java.failure import JavaError
from wizard.pki.java.keys import load_key
from wizard.pki.key_opening import opens_to_garbage
from wizard.pki.keys import make_key, private_key_pem
from wizard.pki.loader.load_error import key_code
from wizard.practice.neo4j import fault_files
from wizard.secret import Secret

RIGHT = Secret("the-right-password")


@pytest.fixture(scope="module")
def sealed() -> bytes:
    return private_key_pem(make_key(KeyAlgorithm.EC_P256), RIGHT)


@pytest.fixture(scope="module")
def lucky(sealed: bytes) -> Secret:
    candidates = (Secret(f"wrong-{number}") for number in count())
    return next(one for one in candidates if opens_to_garbage(sealed, one))


def refusal(pem: bytes, password: Secret, major: int) -> JavaError:
    with pytest.raises(JavaError) as caught:
        load_key(pem, password, major)
    return caught.value


@pytest.mark.parametrize("major", [4, 5, 2026])
def test_lucky_padding_is_still_told_as_a_wrong_password(
    major: int, sealed: bytes, lucky: Secret
) -> None:
    refused = refusal(sealed, lucky, major)
    assert "Unable to decrypt private key." in refused.causes[0]
    assert "BadPadding" not in " ".join(refused.causes)
    assert key_code(refused) == "key-password-wrong"


def test_java_gives_the_same_cause(
    java: Callable[..., str], sealed: bytes, lucky: Secret, tmp_path: Path
) -> None:
    path = tmp_path / "private.key"
    path.write_bytes(sealed)
    said = java("key", path, lucky.reveal())
    assert said == " <- ".join(refusal(sealed, lucky, 5).causes[1:])


def test_the_padding_betrays_most_wrong_passwords_and_not_the_right_one(sealed: bytes) -> None:
    assert not opens_to_garbage(sealed, RIGHT)
    plain = [number for number in range(20) if not opens_to_garbage(sealed, Secret(f"no-{number}"))]
    assert "BadPadding" in " ".join(refusal(sealed, Secret(f"no-{plain[0]}"), 5).causes)


def test_the_practice_fault_never_takes_a_password_with_lucky_padding(
    sealed: bytes, lucky: Secret, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "private.key"
    path.write_bytes(sealed)
    tried = []

    def first_is_lucky(pem: bytes, password: Secret) -> bool:
        tried.append(password)
        return opens_to_garbage(pem, lucky if len(tried) == 1 else password)

    monkeypatch.setattr(fault_files, "opens_to_garbage", first_is_lucky)
    faults = frozenset({"wrong-password"})
    chosen = fault_files.faulty_password(faults, RIGHT, str(path))
    assert len(tried) > 1
    assert chosen == tried[-1]

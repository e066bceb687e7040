"""The reader of known_hosts files agrees with ssh-keygen, and survives what a real file holds."""

from __future__ import annotations

import base64
import hashlib
import hmac
import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO

import paramiko
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from wizard.errors import WizardError
from wizard.remote.reaching import HostKeyState
from wizard.remote.ssh.host_keys import HostKeys, fingerprint

KEY = paramiko.ECDSAKey.generate()
OTHER = paramiko.ECDSAKey.generate()


def line(hosts: str, key: paramiko.PKey = KEY, marker: str = "") -> bytes:
    encoded = base64.b64encode(key.asbytes()).decode("ascii")
    return f"{marker} {hosts} {key.get_name()} {encoded} a comment\n".lstrip().encode("utf-8")


def hashed(name: str) -> str:
    salt = bytes(range(20))
    digest = hmac.new(salt, name.encode(), hashlib.sha1).digest()
    return "|1|" + "|".join(base64.b64encode(part).decode("ascii") for part in (salt, digest))


def verdict(tmp_path: Path, content: bytes, host: str = "db1.example.com", port: int = 22) -> str:
    path = tmp_path / "known_hosts"
    path.write_bytes(content)
    return HostKeys([path], tmp_path / "own").verdict(host, port, KEY).value


@pytest.mark.parametrize(
    ("hosts", "host", "port", "expected"),
    [
        ("db1.example.com", "db1.example.com", 22, "known"),
        ("db1.example.com", "DB1.Example.COM", 22, "known"),
        ("DB1.example.com,10.0.0.1", "10.0.0.1", 22, "known"),
        ("db1.example.com", "db1.example.com", 2222, "unknown"),
        ("[db1.example.com]:2222", "db1.example.com", 2222, "known"),
        ("[db1.example.com]:2222", "db1.example.com", 22, "unknown"),
        ("*.example.com", "db1.example.com", 22, "known"),
        ("db?.example.com", "db1.example.com", 22, "known"),
        ("*.example.com,!db1.example.com", "db1.example.com", 22, "unknown"),
        ("!db1.example.com,*.example.com", "db1.example.com", 22, "unknown"),
        ("*", "db1.example.com", 22, "known"),
        ("[*]:2222", "db1.example.com", 2222, "known"),
        ("db1xexample.com", "db1.example.com", 22, "unknown"),
        ("2001:db8::1", "2001:db8::1", 22, "known"),
        ("[2001:db8::1]:2222", "2001:db8::1", 2222, "known"),
        (hashed("db1.example.com"), "db1.example.com", 22, "known"),
        (hashed("[db1.example.com]:2222"), "db1.example.com", 2222, "known"),
        (hashed("db2.example.com"), "db1.example.com", 22, "unknown"),
    ],
)
def test_host_patterns(tmp_path: Path, hosts: str, host: str, port: int, expected: str) -> None:
    assert verdict(tmp_path, line(hosts), host, port) == expected


def test_another_key_is_a_changed_one(tmp_path: Path) -> None:
    assert verdict(tmp_path, line("db1.example.com", OTHER)) == "changed"
    both = line("db1.example.com", OTHER) + line("db1.example.com")
    assert verdict(tmp_path, both) == "known"


def test_a_known_key_of_another_type_makes_it_changed_too(tmp_path: Path) -> None:
    rsa = paramiko.RSAKey.generate(2048)
    assert verdict(tmp_path, line("db1.example.com", rsa)) == "changed"


def test_a_revoked_key_is_refused_even_where_it_is_known(tmp_path: Path) -> None:
    content = line("db1.example.com") + line("*", KEY, "@revoked")
    assert verdict(tmp_path, content) == "revoked"
    assert verdict(tmp_path, line("*", OTHER, "@revoked")) == "unknown"


def test_a_host_authority_is_told_and_not_used(tmp_path: Path) -> None:
    content = line("*.example.com", KEY, "@cert-authority")
    assert verdict(tmp_path, content) == "unknown"
    keys = HostKeys([tmp_path / "known_hosts"], tmp_path / "own")
    assert keys.has_authority("db1.example.com", 22)
    assert not keys.has_authority("db1.example.org", 22)


def test_junk_around_a_good_line_does_not_hide_it(tmp_path: Path) -> None:
    junk = (
        b"# a comment\n\n\xe4\xf6\xfc latin-1\n@unknown x y z\n|1|broken ssh-rsa AAAA\n"
        b"|1|a|b|c|d ssh-rsa AAAA\nhost ssh-rsa not-base64!\nhost\n@revoked\n\x00\x01\n"
    )
    assert verdict(tmp_path, junk + line("db1.example.com") + junk) == "known"


def test_files_that_are_missing_or_unreadable_count_as_empty(tmp_path: Path) -> None:
    keys = HostKeys([tmp_path / "missing", tmp_path], tmp_path / "own")
    assert keys.verdict("db1", 22, KEY) is HostKeyState.UNKNOWN


def test_an_accepted_key_is_known_afterwards_and_only_appended(tmp_path: Path) -> None:
    own = tmp_path / "state" / "known_hosts"
    persons = tmp_path / "known_hosts"
    persons.write_bytes(b"# mine\n")
    keys = HostKeys([persons], own)
    keys.accept("DB1.example.com", 2222, KEY)
    own.write_bytes(own.read_bytes() + b"an unfinished line")
    keys.accept("db2.example.com", 22, OTHER)
    assert own.stat().st_mode & 0o777 == 0o600
    assert own.parent.stat().st_mode & 0o777 == 0o700
    assert keys.verdict("db1.example.com", 2222, KEY) is HostKeyState.KNOWN
    assert keys.verdict("db2.example.com", 22, OTHER) is HostKeyState.KNOWN
    assert keys.verdict("db2.example.com", 22, KEY) is HostKeyState.CHANGED
    assert persons.read_bytes() == b"# mine\n"


def test_keys_accepted_at_once_are_all_there(tmp_path: Path) -> None:
    keys = HostKeys([], tmp_path / "own")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: keys.accept(f"db{number}", 22, KEY), range(50)))
    assert all(keys.verdict(f"db{n}", 22, KEY) is HostKeyState.KNOWN for n in range(50))


def test_a_link_in_the_place_of_the_own_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"")
    (tmp_path / "own").symlink_to(tmp_path / "target")
    with pytest.raises(WizardError, match="could not be saved"):
        HostKeys([], tmp_path / "own").accept("db1", 22, KEY)
    assert (tmp_path / "target").read_bytes() == b""


def test_the_known_types_come_first_to_last(tmp_path: Path) -> None:
    (tmp_path / "known").write_bytes(line("db1") + line("db1", OTHER) + line("db2"))
    assert HostKeys([tmp_path / "known"], tmp_path / "own").kinds("db1", 22) == (KEY.get_name(),)


NAMES = st.from_regex(r"\A[a-c*?]{1,3}(\.[a-c*]{1,2})?\Z")


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is the judge here")
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    patterns=st.lists(st.tuples(st.booleans(), NAMES), min_size=1, max_size=3),
    host=st.from_regex(r"\A[a-c]{1,3}(\.[a-c]{1,2})?\Z"),
)
def test_it_finds_what_ssh_keygen_finds(
    tmp_path: Path, patterns: list[tuple[bool, str]], host: str
) -> None:
    hosts = ",".join(("!" if negated else "") + pattern for negated, pattern in patterns)
    found = verdict(tmp_path, line(hosts), host) == "known"
    command = ["ssh-keygen", "-F", host, "-f", str(tmp_path / "known_hosts")]
    judged = subprocess.run(command, capture_output=True, check=False).returncode == 0
    assert found == judged, (hosts, host)


@pytest.mark.skipif(shutil.which("ssh-keygen") is None, reason="ssh-keygen is the judge here")
def test_names_it_hashed_and_fingerprints_are_the_same(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    path.write_bytes(line("db1.example.com") + line("[db1.example.com]:2222"))
    subprocess.run(["ssh-keygen", "-H", "-f", str(path)], check=True, capture_output=True)
    assert b"db1" not in path.read_bytes()
    for port in (22, 2222):
        assert verdict(tmp_path, path.read_bytes(), "db1.example.com", port) == "known"
    told = subprocess.check_output(["ssh-keygen", "-lf", str(path)], text=True)
    assert fingerprint(KEY) in told


def test_what_others_write_meanwhile_counts_at_once(tmp_path: Path) -> None:
    path = tmp_path / "known_hosts"
    keys = HostKeys([path], tmp_path / "own")
    assert keys.verdict("db1", 22, KEY) is HostKeyState.UNKNOWN
    path.write_bytes(line("db1"))
    assert keys.verdict("db1", 22, KEY) is HostKeyState.KNOWN
    path.write_bytes(line("db1") + line("db1", marker="@revoked"))
    assert keys.verdict("db1", 22, KEY) is HostKeyState.REVOKED
    (tmp_path / "other").write_bytes(line("db1", OTHER))
    (tmp_path / "other").replace(path)
    assert keys.verdict("db1", 22, KEY) is HostKeyState.CHANGED
    path.unlink()
    keys.accept("db1", 22, KEY)
    assert keys.verdict("db1", 22, KEY) is HostKeyState.KNOWN


def test_a_large_file_is_read_once_for_all_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "known_hosts"
    path.write_bytes(b"".join(line(f"db{number}") for number in range(50)))
    opened: list[Path] = []
    real = Path.open

    def noted(self: Path, mode: str = "r") -> IO[bytes]:
        opened.append(self)
        return real(self, mode)  # type: ignore[return-value]

    monkeypatch.setattr(Path, "open", noted)
    keys = HostKeys([path], tmp_path / "own")
    for number in range(50):
        assert keys.verdict(f"db{number}", 22, KEY) is HostKeyState.KNOWN
        assert keys.kinds(f"db{number}", 22) == (KEY.get_name(),)
    assert opened == [path]

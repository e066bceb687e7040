"""One real Neo4j Community on loopback, and nothing of it left afterwards."""

from __future__ import annotations

import contextlib
import secrets
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from judge_artifacts import Installed
from sshd import free_port
from waiting import GONE_S, end, until

START_S = 120
"""An idle machine needs a tenth of it."""

_CONF = """\
server.default_listen_address=127.0.0.1
server.bolt.enabled=true
server.bolt.listen_address=127.0.0.1:{port}
server.bolt.advertised_address=127.0.0.1:{port}
server.bolt.tls_level=OPTIONAL
dbms.ssl.policy.bolt.enabled=true
dbms.ssl.policy.bolt.base_directory=certificates/bolt
dbms.ssl.policy.bolt.client_auth=NONE
dbms.security.auth_enabled=true
dbms.usage_report.enabled=false
server.memory.pagecache.size=8m
"""
_JAVA = (
    *("-Xms64m", "-Xmx384m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"),
    *("--add-opens=java.base/java.nio=ALL-UNNAMED", "--add-opens=java.base/java.io=ALL-UNNAMED"),
    "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
)


@dataclass(frozen=True, kw_only=True)
class Community:
    """It runs; `conf` is what its neo4j.conf holds."""

    installed: Installed
    home: Path
    port: int
    password: str
    process: subprocess.Popen[bytes]

    @property
    def conf(self) -> bytes:
        return (self.home / "conf" / "neo4j.conf").read_bytes()

    def peak_mib(self) -> int:
        """The most memory it has had resident."""
        status = Path(f"/proc/{self.process.pid}/status").read_text()
        return int(status.partition("VmHWM:")[2].split()[0]) // 1024


@contextlib.contextmanager
def running(installed: Installed, home: Path) -> Iterator[Community]:
    """Start it, and end it by the end of its standard input: so it ends with us, however we do."""
    port, password = free_port(), secrets.token_urlsafe(16)
    (home / "conf").mkdir(parents=True)
    (home / "conf" / "neo4j.conf").write_text(_CONF.format(port=port))
    _make_certificate(home / "certificates" / "bolt")
    told = home / "told"
    command = [installed.java, *_JAVA, "-cp", installed.class_path, "Community", home]
    with told.open("wb") as out:
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=out, stderr=out)
    try:
        assert process.stdin is not None
        process.stdin.write(f"{password}\n".encode())
        process.stdin.flush()
        until(lambda: _is_ready(process, told), "the real Neo4j is not ready", START_S)
        yield Community(
            installed=installed, home=home, port=port, password=password, process=process
        )
        process.stdin.close()
        assert process.wait(GONE_S) == 0
    finally:
        end(process)


def _is_ready(process: subprocess.Popen[bytes], told: Path) -> bool:
    said = told.read_text(errors="replace")
    assert process.poll() is None, f"the real Neo4j has ended: {said[-2000:]}"
    return "Ready." in said.splitlines()


def _make_certificate(folder: Path) -> None:
    for name in ("trusted", "revoked"):
        (folder / name).mkdir(parents=True)
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"),
            *("-nodes", "-keyout", folder / "private.key", "-out", folder / "public.crt"),
            *("-subj", "/CN=not.this.host", "-days", "2"),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )

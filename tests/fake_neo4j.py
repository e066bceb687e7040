"""A folder in the shape of NEO4J_HOME whose bin/neo4j starts and stops a process that sleeps."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

SCRIPT = """\
#!/bin/sh
home=$(cd "$(dirname "$0")/.." && pwd)
pid_file=$home/run/neo4j.pid
up() { [ -s "$pid_file" ] && kill -0 "$(cat "$pid_file")" 2>/dev/null; }
case $1 in
start)
    [ -e "$home/refuse-start" ] && { echo "Invalid value for setting"; exit 1; }
    (
        sleep 600 </dev/null >/dev/null 2>&1 &
        echo $! >"$pid_file"
        echo "Started." >>"$home/logs/neo4j.log"
    )
    ;;
stop)
    [ -e "$home/refuse-stop" ] && exit 1
    up && kill "$(cat "$pid_file")"
    rm -f "$pid_file"
    ;;
status) up || exit 3 ;;
esac
"""

CONF = b"""\
# A comment that stays.
server.default_advertised_address=server1.example.com
server.directories.logs=logs
dbms.ssl.policy.cluster.enabled=false
"""


def make_home(home: Path, *, conf: bytes = CONF, edition: str = "enterprise") -> Path:
    """Make NEO4J_HOME with odd modes and old times, as a real one has after years."""
    for name in ("bin", "certificates", "conf", "data", "lib", "logs", "run"):
        (home / name).mkdir(parents=True)
    (home / "conf" / "neo4j.conf").write_bytes(conf)
    (home / "conf" / "neo4j.conf").chmod(0o640)
    (home / "conf" / "neo4j-admin.conf").write_bytes(b"# untouched\n")
    (home / "certificates" / "bolt.crt").write_bytes(b"somebody else's\n")
    (home / "certificates" / "bolt.crt").chmod(0o604)
    (home / "lib" / "neo4j-kernel-5.26.1.jar").touch()
    if edition == "enterprise":
        (home / "lib" / "neo4j-enterprise-kernel-5.26.1.jar").touch()
    (home / "bin" / "neo4j").write_text(SCRIPT, "ascii")
    (home / "bin" / "neo4j").chmod(0o755)
    (home / "logs" / "debug.log").write_bytes(b"an old line\n")
    past = 1_600_000_000_123_456_789
    for path in sorted([home, *home.rglob("*")], reverse=True):
        past += 1_000_000_001
        os.utime(path, ns=(past, past))
    return home


def snapshot(folder: Path) -> dict[str, tuple[object, ...]]:
    """Return every entry below a folder with its bytes, mode, owner and time of change."""
    found: dict[str, tuple[object, ...]] = {}
    for path in [folder, *sorted(folder.rglob("*"))]:
        stat = path.lstat()
        content = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        name = str(path.relative_to(folder))
        found[name] = (content, oct(stat.st_mode), stat.st_uid, stat.st_gid, stat.st_mtime_ns)
    return found

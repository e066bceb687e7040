"""One running judge: a JVM with one version of Neo4j's classes, asked line by line."""

from __future__ import annotations

import base64
import json
import subprocess
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from judge_artifacts import THREE, Installed
from waiting import end, killing

from wizard.errors import ConfError
from wizard.model.version import Version
from wizard.neo4j.properties import ENCODING, read_elements

HOSTS = (
    ("127.0.0.11", "server1.cluster.test"),
    ("127.0.0.12", "server2.cluster.test"),
    ("127.0.0.13", "server3.cluster.test"),
    ("127.0.0.14", "short"),
    ("127.0.0.15", "deep.server1.cluster.test"),
    ("127.0.0.16", "under_score.cluster.test"),
)
"""The names Java can resolve, and the addresses it finds a name for; 127.0.0.2x have none."""

ENTERPRISE_PREFIXES = (
    *("causal_clustering.", "dbms.routing.", "server.cluster.", "server.discovery."),
    *("dbms.cluster.", "initial.", "server.backup.", "dbms.backup.", "server.metrics."),
    *("metrics.", "dbms.mode", "server.routing.", "server.cluster.raft."),
    *("dbms.security.tls_reload_enabled",),
)
"""Settings that only the Enterprise edition declares: Community's Config must not see them."""

MIGRATED_BY_COMMUNITY = ("causal_clustering.ssl_policy", "dbms.backup.ssl_policy")
"""Among those the ones that Config itself knows what to do with from 4.0 on."""

_FILTERS = Version(4, 4)
"""From here on Config can be told what to leave out of a file; before, the file is cut."""

_JVM = (
    *("-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xshare:auto"),
    # Java seals a key with ten thousand rounds in every key store it holds in memory; one will do.
    "-Dkeystore.pkcs12.keyPbeIterationCount=1",
    # As Neo4j's own start script does: its exceptions put words into those of others.
    "--add-opens=java.base/java.lang=ALL-UNNAMED",
    *("-Duser.timezone=UTC", "-Duser.language=en", "-Duser.country=US"),
)

_ANSWER_S = 100
_END_S = 10


def is_enterprise(key: str, version: Version) -> bool:
    """Whether Community's Config must not see a setting, as only Enterprise declares it."""
    kept = version >= Version(4, 0) and key in MIGRATED_BY_COMMUNITY
    return key.startswith(ENTERPRISE_PREFIXES) and not kept


def community_only(raw: bytes, version: Version) -> bytes:
    """Return a neo4j.conf without Enterprise's settings; what can't be read stays as it is."""
    try:
        elements = [*read_elements(raw.decode(ENCODING))]
    except ConfError:
        return raw
    kept = (one for one in elements if one.key is None or not is_enterprise(one.key, version))
    return "".join(one.source for one in kept).encode(ENCODING)


def chosen_policy(raw: bytes) -> str:
    """Return the name that 3.5's cluster looks for; the first one that stands counts there."""
    wanted = MIGRATED_BY_COMMUNITY[0]
    try:
        elements = [*read_elements(raw.decode(ENCODING))]
    except ConfError:
        return ""
    return next((one.value for one in elements if one.key == wanted), "")


class BrokenJudgeError(Exception):
    """The judge gave no verdict; the text says why."""


class Judge:
    """A JVM that answers questions until it is closed."""

    def __init__(self, installed: Installed) -> None:
        self.version = installed.version
        self._hosts = tempfile.NamedTemporaryFile("w", suffix=".hosts")  # noqa: SIM115 - closed below
        self._hosts.writelines(f"{address} {name}\n" for address, name in HOSTS)
        self._hosts.flush()
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
        hosts = f"-Djdk.net.hosts.file={self._hosts.name}"
        self._process = subprocess.Popen(
            [installed.java, *_JVM, hosts, "-cp", installed.class_path, "Judge"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the JVM: at the end of its input it stops by itself."""
        assert self._process.stdin is not None
        with suppress(OSError):
            self._process.stdin.close()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_S)
        end(self._process)
        self._hosts.close()
        self._errors.close()

    def ask(self, question: Mapping[str, Any]) -> dict[str, Any]:
        """Ask one question and return the verdict.

        Raises:
            BrokenJudgeError: the judge failed or said nothing in time; never a verdict.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            with killing(self._process, _ANSWER_S):
                self._process.stdin.write(json.dumps(question).encode() + b"\n")
                self._process.stdin.flush()
                line = self._process.stdout.readline()
        except BrokenPipeError:
            line = b""
        if not line:
            self._errors.seek(0)
            raise BrokenJudgeError(f"the judge has gone: {self._errors.read()[-2000:]!r}")
        answer: dict[str, Any] = json.loads(line)
        if "broken" in answer:
            raise BrokenJudgeError(f"{answer['broken']}")
        return answer

    def properties(self, raw: bytes) -> dict[str, Any]:
        """Ask what `java.util.Properties` reads: `values`, or `error`."""
        return self.ask({"ask": "properties", "raw": base64.b64encode(raw).decode()})

    def load(
        self,
        name: str,
        conf: Path,
        home: Path,
        *,
        strict: bool | None = None,
        scope: str = "CLUSTER",
        expand: bool = False,
    ) -> dict[str, Any]:
        """Ask whether Config and SslPolicyLoader take a neo4j.conf; the policy is kept by name.

        From 4.0 on `scope` is the one whose policy is loaded; `expand` is `--expand-commands`,
        which is there from 4.2 on.
        """
        question = {
            "ask": "load",
            "name": name,
            "conf": str(conf),
            "home": str(home),
            "strict": strict,
            "scope": scope,
            "expand": expand,
            "enterprise": ENTERPRISE_PREFIXES,
            "kept": MIGRATED_BY_COMMUNITY,
        }
        if self.version >= _FILTERS:
            return self.ask(question)
        raw = conf.read_bytes()
        with tempfile.NamedTemporaryFile(suffix=".conf") as cut:
            cut.write(community_only(raw, self.version))
            cut.flush()
            Path(cut.name).chmod(conf.stat().st_mode)
            policy = chosen_policy(raw) if self.version == THREE else None
            return self.ask({**question, "conf": cut.name, "policy": policy})

    def declared(self) -> dict[str, Any]:
        """Ask for every declared setting (`names`), for `scopes`, and for suffixes by scope."""
        return self.ask({"ask": "declared"})

    def treat(self, raw: bytes, home: Path, *, strict: bool | None = None) -> dict[str, Any]:
        """Ask what Config makes of a neo4j.conf: `refused`, or the `values` that it sets.

        Only `load` leaves out what the Enterprise edition declares.
        """
        encoded = base64.b64encode(raw).decode()
        return self.ask({"ask": "treat", "raw": encoded, "home": str(home), "strict": strict})

    def handshake(self, client: str, server: str, host: str) -> dict[str, Any]:
        """Ask whether one kept policy gets in where another listens, dialling this host."""
        return self.ask({"ask": "handshake", "client": client, "server": server, "host": host})

    def listen(self, server: str, host: str) -> int:
        """Open a port behind which a kept policy accepts whoever calls, and return its number."""
        return int(self.ask({"ask": "listen", "server": server, "host": host})["port"])

    def heard(self) -> dict[str, Any]:
        """Close that port, and ask what failed behind it."""
        return self.ask({"ask": "heard"})

    def forget(self) -> None:
        """Drop the policies that were kept."""
        self.ask({"ask": "forget"})

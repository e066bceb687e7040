"""What Neo4j itself shows of the facts in `wizard.neo4j.versions`, each by the row's own name."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from itertools import count
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from judge_artifacts import THREE
from judge_bench import Bench
from judge_certificates import Key, rsa_key
from judge_process import Judge

from wizard.model.version import Version
from wizard.neo4j.versions import Duplicates

POLICY = "dbms.ssl.policy.cluster."
STRICT = ("server.config.strict_validation.enabled", "dbms.config.strict_validation")
DOT_FILES = tuple(
    f"{word}.dbms.ssl.system.ignore_dot_files" for word in ("internal", "unsupported")
)
UNKNOWN = "dbms.nonsense=1"
PASSWORD = "judge-1"
OLD = PrivateFormat.TraditionalOpenSSL
_FREE_TEXT = "dbms.security.http_strict_transport_security"

Change = Callable[[Bench], None]


class Trial:
    """Servers of one version that are right but for what a question makes wrong with them."""

    def __init__(self, judge: Judge, folder: Path) -> None:
        self.judge = judge
        self._folder = folder
        self._numbers = count()

    def load(
        self,
        *lines: str,
        change: Change = lambda _bench: None,
        base: str | None = "certificates/cluster",
        strict: bool | None = None,
    ) -> dict[str, Any]:
        """Return the judge's answer about a server with these lines beside its policy."""
        bench = Bench(self._folder / str(next(self._numbers)), Version(4, 4), 1)
        change(bench)
        written = [*self._opening(base), *lines]
        bench.one.conf.parent.mkdir(parents=True)
        bench.one.conf.write_text("".join(f"{line}\n" for line in written), encoding="utf-8")
        return self.judge.load("one", bench.one.conf, bench.one.home, strict=strict)

    def starts(self, *lines: str, **how: Any) -> bool:
        """Say whether that server starts with its policy."""
        return "policy" in self.load(*lines, **how)

    def set(self, *lines: str, strict: bool | None = None) -> dict[str, str] | None:
        """Return the settings that lines alone set, or None when they are refused."""
        raw = "".join(f"{line}\n" for line in lines).encode()
        answer = self.judge.treat(raw, self._folder, strict=strict)
        return None if "refused" in answer else answer["values"]

    def _opening(self, base: str | None) -> Iterator[str]:
        three = self.judge.version == THREE
        yield "causal_clustering.ssl_policy=cluster" if three else f"{POLICY}enabled=true"
        if base is not None:
            yield f"{POLICY}base_directory={base}"


def observed(judge: Judge, folder: Path) -> dict[str, object]:
    """Return every fact that Neo4j's classes can show, under the name of its row."""
    trial = Trial(judge, folder)
    return {**_declared(judge), **_texts(trial), **_policies(trial), **_keys(trial)}


def _declared(judge: Judge) -> dict[str, object]:
    said = judge.declared()
    policies = said["policies"]
    cluster = policies.get("CLUSTER") or policies["any"]
    assert cluster["client_auth"] == "REQUIRE"  # what no version changed, and we rely on
    return {
        "suffixes": frozenset(cluster),
        "scopes": frozenset(scope.lower() for scope in said["scopes"]),
        "tls_versions": tuple(cluster["tls_versions"]),
        "verify_hostname": cluster["verify_hostname"] == "true",
        "ignore_dot_files": tuple(
            name for name in DOT_FILES if _is_taken(judge, name, said["names"])
        ),
    }


def _is_taken(judge: Judge, name: str, names: Collection[str]) -> bool:
    """Whether a setting, or what stands for it, is known; 3.5 passes over any other."""
    if judge.version == THREE:
        return name in names
    return "refused" not in judge.treat(f"{name}=true\n".encode(), Path("/"), strict=True)


def _texts(trial: Trial) -> dict[str, object]:
    said = trial.set(f"{_FREE_TEXT}=café")
    assert said is not None
    switches = tuple(
        name
        for name in STRICT
        if trial.set(f"{name}=true", UNKNOWN) is None
        and trial.set(f"{name}=false", UNKNOWN) is not None
    )
    return {
        "reads_utf8": said[_FREE_TEXT] == "café",
        "strict_by_default": trial.set(UNKNOWN) is None,
        "strict_settings": switches,
        "duplicates": _duplicates(trial),
    }


def _duplicates(trial: Trial) -> Duplicates:
    said = trial.set(f"{_FREE_TEXT}=first", f"{_FREE_TEXT}=last", strict=True)
    if said is None:
        return Duplicates.FATAL
    by_value = {"first": Duplicates.FIRST_WINS, "last": Duplicates.LAST_WINS}
    return by_value[said[_FREE_TEXT]]


def _policies(trial: Trial) -> dict[str, object]:
    def no_revoked(bench: Bench) -> None:
        bench.one.drop("revoked")

    assert trial.starts(), "the server that all questions begin with does not start"
    other = "dbms.ssl.policy.other.base_directory=certificates/cluster"
    return {
        "named_policies": trial.starts(other, strict=True),
        "checks_suffixes": not trial.starts(f"{POLICY}verify_hostnames=true"),
        "base_directory_has_default": trial.starts(base=None),
        "absolute_overrides": not trial.starts(f"{POLICY}private_key=private.key"),
        "needs_revoked_dir": not trial.starts(change=no_revoked),
        "checks_tls_versions": not trial.starts(f"{POLICY}tls_versions=TLSv1.4"),
    }


def _keys(trial: Trial) -> dict[str, object]:
    def with_key(
        form: PrivateFormat, password: str | None = None, key_of: Callable[[], Key] | None = None
    ) -> Change:
        def change(bench: Bench) -> None:
            leaf = bench.leaf(bench.one)
            bench.one.show(leaf)
            seal = BestAvailableEncryption(password.encode()) if password else NoEncryption()
            key = leaf.key if key_of is None else key_of()
            bench.one.put("private.key", key.private_bytes(Encoding.PEM, form, seal))

        return change

    line = f"{POLICY}private_key_password={PASSWORD}"
    sealed = with_key(PrivateFormat.PKCS8, PASSWORD)
    return {
        "key_passwords": trial.starts(line, change=sealed),
        "password_on_plain_key_is_fatal": not trial.starts(line),
        "reads_pkcs1": trial.starts(change=with_key(OLD, key_of=rsa_key)),
        "reads_sec1": trial.starts(change=with_key(OLD)),
    }

"""Cases about neo4j.conf: what it says of the cluster policy, rightly and wrongly."""

from __future__ import annotations

from judge_bench import Bench, Case, Change
from judge_certificates import plain

from wizard.model.version import Version

FIVE = Version(5, 0)
LATE_FOURS = Version(4, 2)
"""From here on values are trimmed, and a value may be a command."""
CHECKS_PROTOCOLS = Version(2025, 10)
"""From here on the loader builds a context to learn its ciphers, and that refuses protocols."""

PREFIX = "dbms.ssl.policy.cluster."


def says(suffix: str, value: str | None) -> Change:
    """Set a line of the cluster policy, or take it away."""
    return lambda bench: bench.one.say(suffix, value)


def adds(*lines: str) -> Change:
    """Put lines at the end."""
    return lambda bench: bench.one.lines.extend(lines)


def _hidden(setting: str) -> Change:
    """A hidden file that is no certificate, and a setting that has it ignored."""

    def change(bench: Bench) -> None:
        bench.one.put("trusted/.note", b"no certificate")
        bench.one.lines.append(f"{setting}=true")

    return change


def _misspelt(bench: Bench) -> None:
    bench.one.say("enabled", None)
    bench.one.say("enable", "true")


def _rewritten(old: str, new: str) -> Change:
    def change(bench: Bench) -> None:
        text = "\n".join(bench.one.lines) + "\n"
        bench.one.raw = text.replace(old, new).encode("iso-8859-1")

    return change


def _only_enabled(bench: Bench) -> None:
    bench.one.lines = [f"{PREFIX}enabled=true"]


def _moved(bench: Bench) -> None:
    """The default names, under a base directory with a name that Latin-1 and UTF-8 write apart."""
    bench.one.base.rename(bench.one.home / "certificates" / "café")
    lines = [line for line in bench.one.lines if not line.startswith(f"{PREFIX}base_directory")]
    lines.append(f"{PREFIX}base_directory=certificates/café")
    bench.one.raw = "".join(f"{line}\n" for line in lines).encode("iso-8859-1")


def _moved_utf8(bench: Bench) -> None:
    _moved(bench)
    assert bench.one.raw is not None
    bench.one.raw = bench.one.raw.decode("iso-8859-1").encode()


def _absolute(bench: Bench) -> None:
    bench.one.say("base_directory", str(bench.one.base))
    bench.one.say("private_key", str(bench.one.base / "private.key"))


def _through_another_folder(bench: Bench) -> None:
    (bench.one.home / "elsewhere").mkdir()
    (bench.one.home / "elsewhere" / "key.pem").write_bytes(
        (bench.one.base / "private.key").read_bytes()
    )
    bench.one.say("private_key", "../../elsewhere/key.pem")


def _all_upper_case(bench: Bench) -> None:
    bench.one.lines = [line.replace(".cluster.", ".CLUSTER.") for line in bench.one.lines]


def _expired_is_refused(bench: Bench) -> None:
    bench.one.say("trust_expired", "false")


def _with_plain_key_and_empty_password(bench: Bench) -> None:
    bench.one.put("private.key", plain(bench.leaf(bench.one).key))
    bench.one.show(bench.leaf(bench.one))
    bench.one.say("private_key_password", "")


CONF_CASES = (
    Case(name="conf: what the wizard writes", change=lambda _bench: None),
    Case(name="conf: enabled and nothing else", change=_only_enabled),
    Case(name="conf: not enabled", change=says("enabled", "false"), starts="off"),
    Case(name="conf: enabled is missing", change=says("enabled", None), starts="off"),
    Case(name="conf: enabled=yes", change=says("enabled", "yes"), starts="conf"),
    Case(
        name="conf: enabled=TRUE and a blank",
        change=says("enabled", "TRUE "),
        starts="conf",
        changed=((LATE_FOURS, "yes"),),
    ),
    Case(
        name="conf: typo enable=true for enabled",
        change=_misspelt,
        starts="off",
    ),
    Case(name="conf: client_auth=REQUIRED", change=says("client_auth", "REQUIRED"), starts="conf"),
    Case(name="conf: client_auth in lower case", change=says("client_auth", "require")),
    Case(
        name="conf: client_auth and blanks",
        change=says("client_auth", " require  "),
        starts="conf",
        changed=((LATE_FOURS, "yes"),),
    ),
    Case(name="conf: client_auth is empty", change=says("client_auth", ""), starts="conf"),
    Case(name="conf: client_auth=OPTIONAL", change=says("client_auth", "OPTIONAL")),
    Case(name="conf: client_auth=NONE", change=says("client_auth", "NONE")),
    Case(name="conf: client_auth is missing", change=says("client_auth", None)),
    Case(name="conf: verify_hostname=yes", change=says("verify_hostname", "yes"), starts="conf"),
    Case(name="conf: verify_hostname is empty", change=says("verify_hostname", ""), starts="conf"),
    Case(name="conf: verify_hostname is missing", change=says("verify_hostname", None)),
    Case(
        name="conf: a comment behind a value",
        change=says("verify_hostname", "true  # names"),
        starts="conf",
    ),
    Case(name="conf: unknown suffix verify_hostnames", change=says("verify_hostnames", "true")),
    Case(name="conf: unknown suffix truststore_path", change=says("truststore_path", "/x")),
    Case(name="conf: unknown suffix in upper case", change=says("CLIENT_AUTH", "NONE")),
    Case(name="conf: unknown suffix with a dot", change=says("client_auth.x", "NONE")),
    Case(name="conf: an empty suffix", change=says("", "true")),
    Case(name="conf: 3.5's allow_key_generation", change=says("allow_key_generation", "true")),
    Case(
        name="conf: unknown scope",
        change=adds("dbms.ssl.policy.default.enabled=true"),
        changed=((FIVE, "conf"),),
    ),
    Case(
        name="conf: unknown scope, strict in 4.4",
        change=adds("dbms.ssl.policy.default.enabled=true", "dbms.config.strict_validation=true"),
        starts="conf",
    ),
    Case(
        name="conf: unknown scope, not strict in 5",
        change=adds(
            "dbms.ssl.policy.default.enabled=true",
            "server.config.strict_validation.enabled=false",
        ),
    ),
    Case(
        name="conf: the scope in upper case throughout",
        change=_all_upper_case,
        starts="off",
    ),
    Case(
        name="conf: the scope in both spellings",
        change=adds("dbms.ssl.policy.CLUSTER.trust_all=false"),
        starts="policy",
    ),
    Case(
        name="conf: a setting twice, the same value",
        change=adds(f"{PREFIX}enabled=true"),
        changed=((FIVE, "conf"),),
    ),
    Case(
        name="conf: a setting twice, another value",
        change=adds(f"{PREFIX}client_auth=NONE"),
        changed=((FIVE, "conf"),),
    ),
    Case(
        name="conf: a setting twice, not strict",
        change=adds(f"{PREFIX}client_auth=NONE", "server.config.strict_validation.enabled=false"),
    ),
    Case(
        name="conf: jvm.additional twice",
        change=adds("server.jvm.additional=-Da=b", "server.jvm.additional=-Dc=d"),
    ),
    Case(
        name="conf: a password is set in a command",
        change=says("private_key_password", "$(cat /x)"),
        changed=((LATE_FOURS, "conf"),),
    ),
    Case(
        name="conf: a path in a command",
        change=says("base_directory", "$(pwd)"),
        starts="policy",
        changed=((LATE_FOURS, "conf"),),
    ),
    Case(
        name="conf: an empty password for a plain key",
        change=_with_plain_key_and_empty_password,
        changed=((FIVE, "policy"),),
    ),
    Case(
        name="conf: a blank password for a plain key",
        change=says("private_key_password", "  "),
        changed=((FIVE, "policy"),),
    ),
    Case(name="conf: tls_versions is missing", change=says("tls_versions", None)),
    Case(name="conf: tls_versions is empty", change=says("tls_versions", "")),
    Case(name="conf: tls_versions with blanks", change=says("tls_versions", " TLSv1.3 , TLSv1.2,")),
    Case(
        name="conf: tls_versions=TLSv1.4",
        change=says("tls_versions", "TLSv1.4"),
        changed=((CHECKS_PROTOCOLS, "policy"),),
    ),
    Case(
        name="conf: a comment behind tls_versions",
        change=says("tls_versions", "TLSv1.2  # <1>"),
        changed=((CHECKS_PROTOCOLS, "policy"),),
    ),
    Case(name="conf: ciphers", change=says("ciphers", "TLS_AES_128_GCM_SHA256, TLS_X ,")),
    Case(name="conf: ciphers is empty", change=says("ciphers", "")),
    Case(name="conf: trust_all", change=says("trust_all", "true")),
    Case(name="conf: trust_all=1", change=says("trust_all", "1"), starts="conf"),
    Case(name="conf: trust_expired=false and all is in date", change=_expired_is_refused),
    Case(
        name="conf: trust_expired=no",
        change=says("trust_expired", "no"),
        changed=((Version(5, 14), "conf"),),
    ),
    Case(
        name="conf: a blank behind a file name",
        change=says("private_key", "private.key "),
        starts="policy",
    ),
    Case(name="conf: private_key is empty", change=says("private_key", ""), starts="policy"),
    Case(name="conf: base_directory is empty", change=says("base_directory", ""), starts="policy"),
    Case(name="conf: absolute paths", change=_absolute),
    Case(name="conf: a path through ..", change=_through_another_folder, starts="conf"),
    Case(name="conf: a path with ./", change=says("private_key", "./private.key")),
    Case(name="conf: a path into a folder and back", change=says("trusted_dir", "x/../trusted")),
    Case(
        name="conf: a base directory outside of home",
        change=says("base_directory", "../elsewhere"),
        starts="conf",
    ),
    Case(
        name="conf: quotes around a path",
        change=says("private_key", '"private.key"'),
        starts="policy",
    ),
    Case(
        name="conf: a base directory with dots",
        change=says("base_directory", "./certificates/../certificates//cluster/"),
    ),
    Case(
        name="conf: a base directory that is not there",
        change=says("base_directory", "nowhere"),
        starts="policy",
    ),
    Case(
        name="conf: a base directory with a tilde",
        change=says("base_directory", "~/certificates"),
        starts="policy",
    ),
    Case(
        name="conf: backslashes, written twice",
        change=says("base_directory", "certificates\\\\cluster"),
    ),
    Case(
        name="conf: backslashes as on Windows",
        change=says("base_directory", "C:\\neo4j\\certs"),
        starts="policy",
    ),
    Case(
        name="conf: a backslash before u",
        change=says("base_directory", "C:\\users"),
        starts="conf",
    ),
    Case(
        name="conf: Latin-1 letters in a path",
        change=_moved,
        changed=((FIVE, "policy"),),  # it escapes what is not ASCII, and turns the backslash around
    ),
    Case(
        name="conf: UTF-8 letters in a path",
        change=_moved_utf8,
        starts="policy",
    ),
    Case(name="conf: CRLF line ends", change=_rewritten("\n", "\r\n")),
    Case(name="conf: colons for equals signs", change=_rewritten("=", " : ")),
    Case(name="conf: blanks for equals signs", change=_rewritten("=", "   ")),
    Case(
        name="conf: a value over two lines",
        change=_rewritten("TLSv1.2,TLSv1.3", "TLSv1.2,\\\n    TLSv1.3"),
    ),
    Case(name="conf: no newline at the end", change=_rewritten("TLSv1.3\n", "TLSv1.3")),
    Case(
        name="conf: a backslash swallows the next line",
        change=_rewritten("client_auth=REQUIRE\n", "client_auth=REQUIRE\\\n"),
        starts="conf",
    ),
    Case(
        name="conf: ignore_dot_files in 5",
        change=_hidden("internal.dbms.ssl.system.ignore_dot_files"),
        starts="policy",
        changed=((FIVE, "yes"),),
    ),
    Case(
        name="conf: ignore_dot_files in 4.4",
        change=_hidden("unsupported.dbms.ssl.system.ignore_dot_files"),
    ),
)

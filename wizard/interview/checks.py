"""What a value must look like: None when it will do, else one sentence saying what to type.

The fields of the interview and the reader of the answers file share these functions.
"""

from __future__ import annotations

import re
import unicodedata

from wizard.interview import countries, hosts
from wizard.model.settings import DETECT, SHARED_CA_ACCEPTED
from wizard.model.version import Version

# RFC 5280, appendix A, upper bounds of the attribute types.
NAME_BOUND = 64
PLACE_BOUND = 128
EMAIL_BOUND = 255

MIN_DAYS = 30
MAX_DAYS = 3650
HIGHEST_PORT = 65535
LONGEST_PATH = 4096

PLACEHOLDERS = ("{name}", "{address}")

_COMMAND_WORD = re.compile(r"[A-Za-z0-9_/.@:=+-]{1,128}")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_LOGIN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._\\@+-]{0,127}")
_ALIAS = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,252}")
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_UNIT = re.compile(r"[A-Za-z0-9:_.@-]{1,200}")
_BRACES = re.compile(r"\{[^{}]*\}?|\}")


def cluster_name(text: str) -> str | None:
    """Check the cluster's name, which also names its certificate authority."""
    if not text:
        return "Give the cluster a name, such as payments."
    if len(text) > hosts.LONGEST_LABEL:
        return f"Use at most {hosts.LONGEST_LABEL} characters for the cluster's name."
    return _plain(text, "the cluster's name")


def label(text: str) -> str | None:
    """Check a server's label, which names its files and its row on every board."""
    if not text:
        return "Give the server a short name, such as server1."
    if _LABEL.fullmatch(text):
        return None
    return (
        "Use only a-z, 0-9 and hyphens for a server's name, with a letter or digit at both ends, "
        f"and at most {hosts.LONGEST_LABEL} characters, such as server1."
    )


def ssh_target(text: str) -> str | None:
    """Check `user@host:port`, in which user and port may be left out, or an ssh_config alias."""
    if not text:
        return "Say how to log in to this server, such as admin@10.0.0.1 or an alias of ssh_config."
    if "://" in text:
        return "Leave out the part before ://, and write user@name:port, such as admin@10.0.0.1:22."
    login, at, rest = text.rpartition("@")
    if at and not _LOGIN.fullmatch(login):
        return f"{login!r} is no user name for SSH; write user@name, such as admin@10.0.0.1."
    target, port = _split_port(rest)
    if port is not None and not _is_port(port):
        return f"{port!r} is no port; write a number from 1 to {HIGHEST_PORT} after the colon."
    if hosts.is_ip(target) or _ALIAS.fullmatch(target):
        return None
    return "Write user@name:port or an alias of ssh_config, such as admin@10.0.0.1:22."


def jump(text: str) -> str | None:
    """Check the SSH server to go through; empty means the servers are reached directly."""
    return ssh_target(text) if text else None


def become_command(text: str) -> str | None:
    """Check a command that runs another one with more rights; it stands before every command."""
    if not text:
        return "Name it, such as doas -n; it stands before every command on the servers."
    words = text.split(" ")
    if not all(_COMMAND_WORD.fullmatch(word) for word in words) or text.startswith("-"):
        return "Write the command as it is typed, such as doas -n -u neo4j; no quotes, no signs."
    name = words[0].rpartition("/")[2]
    if name == "sudo" and ("-n" not in words or "-u" not in words):
        return "Name the user, as in sudo -n -u neo4j; to become root, choose sudo instead."
    if name in {"su", "sh", "bash"}:
        return f"A {name} takes no command to run; name one such as doas -n or sudo -n -u neo4j."
    return None


def address(text: str) -> str | None:
    """Check an advertised address without a port, or `detect`."""
    if text == DETECT:
        return None
    if not text:
        return f"Write the name or IP the other servers dial, or {DETECT}."
    return hosts.host(text)


def absolute_path(text: str) -> str | None:
    """Check a path on a server, or `detect`."""
    if text == DETECT:
        return None
    if not text.startswith("/"):
        return f"Write the whole path, starting with /, or {DETECT}."
    if len(text) > LONGEST_PATH:
        return f"Write a path of at most {LONGEST_PATH} characters."
    if text != text.rstrip():
        return "Remove the space at the end of the path; Neo4j would take it as part of the name."
    if ".." in text.split("/"):
        return "Write the path without .. in it."
    return _printable(text, "the path")


def local_file(text: str) -> str | None:
    """Check the path of a file on this workstation; `~/` stands for the home folder."""
    if not text:
        return "Write the path of the file, such as ~/.ssh/id_ed25519."
    if not text.startswith(("/", "~/")):
        return "Write the whole path, starting with / or ~/, such as ~/.ssh/id_ed25519."
    if text.endswith(".pub"):
        return "This is the public half of the key; name the file without .pub."
    return _printable(text, "the path")


def material(text: str) -> str | None:
    """Check the path of the folder or file with certificates; empty means that there is none."""
    if not text:
        return None
    if not text.startswith(("/", "~/")):
        return "Write the whole path, starting with / or ~/, such as ~/certificates."
    return _printable(text, "the path")


def new_folder(text: str) -> str | None:
    """Check the path of a folder on this workstation that is still to be made."""
    if not text.startswith(("/", "~/")):
        return "Write the whole path, starting with / or ~/, such as ~/copy-of-the-ca."
    return _printable(text, "the path")


def shared_ca(text: str) -> str | None:
    """Check the sentence that accepts a shared CA; empty means that nothing is accepted."""
    if text in {"", SHARED_CA_ACCEPTED}:
        return None
    return f"Leave it empty, or write exactly: {SHARED_CA_ACCEPTED}"


def secrets_file(text: str) -> str | None:
    """Check the path of the secrets file; a relative one starts beside the answers file."""
    return _printable(text, "the path") if text else "Write the path of the secrets file."


def service(text: str) -> str | None:
    """Check how Neo4j is started: `systemd:NAME`, `bin` or `detect`."""
    if text in {DETECT, "bin"}:
        return None
    kind, colon, unit = text.partition(":")
    if kind == "systemd" and colon and _UNIT.fullmatch(unit):
        return None
    return f"Write systemd:NAME (such as systemd:neo4j), bin for bin/neo4j, or {DETECT}."


def neo4j_version(text: str) -> str | None:
    """Check a Neo4j version, or `detect`."""
    if text == DETECT or Version.parse(text):
        return None
    return f"Write a version such as 5.26 or 2025.01, or {DETECT}."


def country(text: str) -> str | None:
    """Check an ISO 3166-1 alpha-2 code; empty leaves the field out."""
    if not text or (text.isascii() and text.isupper() and countries.is_code(text)):
        return None
    code = countries.code_of(text)
    if code:
        return (
            f"Write the country as its two capital letters: {code} for {countries.name_of(code)}."
        )
    return "Write the two capital letters of a country, such as GB, or leave it empty."


def place(text: str) -> str | None:
    """Check a state or locality of a subject."""
    return _dn_text(text, PLACE_BOUND)


def organization(text: str) -> str | None:
    """Check an organization or organizational unit of a subject."""
    return _dn_text(text, NAME_BOUND)


def common_name(text: str) -> str | None:
    """Check the common name, in which `{name}` and `{address}` stand for each server's own."""
    if not text:
        return "Write a common name; {address} stands for each server's own address."
    bare = text
    for placeholder in PLACEHOLDERS:
        bare = bare.replace(placeholder, "")
    unknown = _BRACES.search(bare)
    if unknown and unknown.group().isprintable():
        return f"{unknown.group()} stands for nothing; only {{name}} and {{address}} are filled in."
    return _dn_text(text, NAME_BOUND)


def email(text: str) -> str | None:
    """Check an e-mail address in ASCII; empty leaves the field out (IA5String, RFC 5280)."""
    if not text:
        return None
    if len(text) > EMAIL_BOUND:
        return f"Use at most {EMAIL_BOUND} characters for the e-mail address."
    if not text.isascii():
        return "Write the e-mail address with plain letters only; a certificate can't hold others."
    if _EMAIL.fullmatch(text):
        return None
    return "Write an e-mail address such as tls@example.com, or leave it empty."


def days(text: str) -> str | None:
    """Check a lifetime in days."""
    if text.isascii() and text.isdigit() and MIN_DAYS <= int(text[:6]) <= MAX_DAYS:
        return None
    return f"Write a whole number of days from {MIN_DAYS} to {MAX_DAYS}, such as 730."


def neo4j_user(text: str) -> str | None:
    """Check the Neo4j user for health checks; empty means that there is none."""
    if len(text) > PLACE_BOUND:
        return f"Use at most {PLACE_BOUND} characters for the Neo4j user."
    return _plain(text, "the Neo4j user")


ROW_CHECKS = {
    "name": label,
    "ssh": ssh_target,
    "address": address,
    "home": absolute_path,
    "conf": absolute_path,
    "logs": absolute_path,
    "service": service,
    "material": material,
}
"""The check of each key of a `[[servers]]` table."""


def server_row(key: str, text: str) -> str | None:
    """Check one value of a server's row."""
    return ROW_CHECKS[key](text)


def _dn_text(text: str, bound: int) -> str | None:
    if len(text.encode("utf-8", "surrogatepass")) > bound:
        return f"Use at most {bound} characters here; letters with accents count double."
    return _plain(text, "this field")


def _plain(text: str, what: str) -> str | None:
    if text != text.strip() or "  " in text:
        return f"Remove the spaces at the ends of {what}, and double spaces inside it."
    if text != unicodedata.normalize("NFC", text):
        return f"Type {what} again; it holds letters put together from parts."
    return _printable(text, what)


def _printable(text: str, what: str) -> str | None:
    """Refuse what a terminal or a certificate viewer would not show as it is."""
    for character in text:
        if not character.isprintable():
            return f"Remove the invisible character U+{ord(character):04X} from {what}."
    return None


def _is_port(text: str) -> bool:
    return text.isascii() and text.isdigit() and 0 < int(text[:6]) <= HIGHEST_PORT


def _split_port(text: str) -> tuple[str, str | None]:
    """Part `name:port` and `[IPv6]:port`; a bare IPv6 address has no port."""
    if text.startswith("["):
        inside, bracket, behind = text[1:].partition("]")
        if not bracket or (behind and not behind.startswith(":")):
            return text, None
        return inside, behind[1:] if behind else None
    if text.count(":") == 1:
        name, _, port = text.partition(":")
        return name, port
    return text, None

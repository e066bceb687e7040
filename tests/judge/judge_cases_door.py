"""Cases about who gets in where: strangers, TLS versions and ciphers."""

from __future__ import annotations

from judge_bench import Bench, Change, Dial, steps
from judge_cases_trust import (
    EVERYBODY,
    EXPIRED,
    NOBODY,
    ONE,
    both,
    both_say,
    link,
    one_is_foreign,
    one_shows,
)
from judge_certificates import ec_key, plain

_TLS_1_2 = ("tls_versions", "TLSv1.2")


def _ciphers(of_one: str, of_two: str = "") -> Change:
    def change(bench: Bench) -> None:
        bench.one.say("ciphers", of_one)
        bench.two.say("ciphers", of_two or of_one)

    return change


_STRANGERS = (
    Dial(client="no-certificate", server=ONE, gets_in=False),
    Dial(client="plaintext", server=ONE, gets_in=False),
)

DOOR_CASES = (
    link("door: strangers at REQUIRE", lambda _b: None, _STRANGERS, strangers=("ours",)),
    link(
        "door: strangers at OPTIONAL",
        both_say("client_auth", "OPTIONAL"),
        (
            Dial(client="no-certificate", server=ONE, gets_in=True),
            Dial(client="plaintext", server=ONE, gets_in=False),
        ),
        strangers=("ours", "none"),
    ),
    link(
        "door: strangers at NONE",
        both_say("client_auth", "NONE"),
        (
            Dial(client="no-certificate", server=ONE, gets_in=True),
            Dial(client="plaintext", server=ONE, gets_in=False),
        ),
        strangers=("ours", "none", "foreign-ca", "self-made", "expired"),
    ),
    link(
        "door: a foreign CA at OPTIONAL",
        steps(
            one_is_foreign,
            lambda bench: bench.two.say("client_auth", "OPTIONAL"),
            lambda bench: bench.one.trust(bench.ca.certificate),
        ),
        both(in_one=False, in_two=True),
    ),
    link(
        "door: an expired leaf at OPTIONAL",
        steps(one_shows(**EXPIRED), lambda bench: bench.two.say("client_auth", "OPTIONAL")),
        NOBODY,
    ),
    link(
        "door: an expired leaf at NONE",
        steps(one_shows(**EXPIRED), lambda bench: bench.two.say("client_auth", "NONE")),
        both(in_one=False, in_two=True),
    ),
    link(
        "door: TLS 1.2 alone",
        both_say("tls_versions", "TLSv1.2"),
        EVERYBODY,
        strangers=("ours",),
    ),
    link(
        "door: TLS 1.3 alone",
        both_say("tls_versions", "TLSv1.3"),
        EVERYBODY,
        strangers=("ours",),
    ),
    link(
        "door: TLS 1.2 against 1.3",
        steps(
            lambda bench: bench.one.say("tls_versions", "TLSv1.2"),
            lambda bench: bench.two.say("tls_versions", "TLSv1.3"),
        ),
        NOBODY,
    ),
    link(
        "door: TLS 1.2 against both",
        lambda bench: bench.one.say("tls_versions", "TLSv1.2"),
        EVERYBODY,
    ),
    link(
        "door: TLS 1.2, server1's key is not its certificate's",
        steps(
            lambda bench: bench.one.put("private.key", plain(ec_key())),
            both_say("tls_versions", "TLSv1.2"),
        ),
        NOBODY,
    ),
    link(
        "door: TLS 1.2, ciphers for the keys there are",
        steps(_ciphers("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256"), both_say(*_TLS_1_2)),
        EVERYBODY,
    ),
    link(
        "door: TLS 1.2, ciphers for RSA keys only",
        steps(_ciphers("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"), both_say(*_TLS_1_2)),
        NOBODY,
    ),
    link(
        "door: TLS 1.2, no cipher in common",
        steps(
            _ciphers(
                "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384"
            ),
            both_say(*_TLS_1_2),
        ),
        NOBODY,
    ),
    link(
        "door: both versions, ciphers for RSA keys only",
        _ciphers("TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256"),
        NOBODY,
    ),
    link(
        "door: both versions, ciphers of TLS 1.3 alone",
        _ciphers("TLS_AES_256_GCM_SHA384"),
        EVERYBODY,
    ),
    link(
        "door: both versions, no cipher in common",
        _ciphers("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"),
        NOBODY,
    ),
    link(
        "door: TLS 1.2, server1 is of a foreign CA",
        steps(one_is_foreign, both_say("tls_versions", "TLSv1.2")),
        NOBODY,
    ),
)

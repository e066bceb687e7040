"""Cases about who trusts whom: CAs, pinned leaves, intermediates and anchors."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import permutations
from typing import Any

from cryptography.x509.oid import ExtendedKeyUsageOID as Usage
from judge_bench import Bench, Case, Change, Dial, steps
from judge_certificates import DAY, NOW, Recipe, authority, ec_key, key_usage, pem, plain, rsa_key

from wizard.model.settings import KeyAlgorithm, Subject, TrustModel
from wizard.pki.authority import make_authority
from wizard.pki.intermediate import make_intermediate
from wizard.pki.material import LeafRequest, make_material
from wizard.secret import Secret

ONE, TWO = "server1", "server2"
EXPIRED: dict[str, Any] = {"begins": NOW - 30 * DAY, "ends": NOW - DAY}


def both(*, in_one: bool, in_two: bool) -> tuple[Dial, Dial]:
    """server2 dials server1, and server1 dials server2."""
    return (
        Dial(client=TWO, server=ONE, gets_in=in_one),
        Dial(client=ONE, server=TWO, gets_in=in_two),
    )


NOBODY = both(in_one=False, in_two=False)
EVERYBODY = both(in_one=True, in_two=True)


def one_shows(**wrong: Any) -> Change:
    """server1 has a leaf of the cluster's CA with something wrong in it."""
    return lambda bench: bench.one.show(bench.leaf(bench.one, **wrong))


def both_say(suffix: str, value: str | None) -> Change:
    """Both servers' neo4j.conf say this."""

    def change(bench: Bench) -> None:
        for server in bench.servers:
            server.say(suffix, value)

    return change


def link(name: str, change: Change, dials: Sequence[Dial], **more: Any) -> Case:
    """Make a case of two servers that both start."""
    return Case(name=name, change=change, dials=dials, servers=2, **more)


def _wizards(trust: TrustModel, algorithm: KeyAlgorithm) -> Change:
    """Three servers with what the wizard makes for them."""

    def change(bench: Bench) -> None:
        own = make_authority("judged", NOW) if trust is TrustModel.PRIVATE_CA else None
        requests = [
            LeafRequest(
                server=server.name,
                subject=Subject(common_name=server.address, organization="Judged"),
                dns_names=(server.address,),
                ip_addresses=(),
                password=Secret("k9WmQz7Rt2XvB4nY"),
            )
            for server in bench.servers
        ]
        made = make_material(
            requests, trust=trust, algorithm=algorithm, authority=own, now=NOW, lifetime_days=730
        )
        for server in bench.servers:
            files = made[server.name]
            server.trust()
            server.put("private.key", files.private_key_pem.reveal())
            server.put("public.crt", files.certificate_pem)
            server.say("private_key_password", "k9WmQz7Rt2XvB4nY")
            for file_name, content in files.trusted:
                server.put(f"trusted/{file_name}", content)

    return change


def _wizards_intermediate(*permitted: str) -> Change:
    """Three servers below an issuing CA of the wizard's that may sign for these names alone."""

    def change(bench: Bench) -> None:
        root = make_authority("judged", NOW, path_length=1)
        issuing = make_intermediate(root, "judged", NOW, dns_names=permitted, ip_addresses=())
        requests = [
            LeafRequest(
                server=server.name,
                subject=Subject(common_name=server.address),
                dns_names=(server.address,),
                ip_addresses=(),
            )
            for server in bench.servers
        ]
        made = make_material(
            requests,
            trust=TrustModel.PRIVATE_CA,
            algorithm=KeyAlgorithm.EC_P256,
            authority=issuing,
            now=NOW,
            lifetime_days=730,
        )
        for server in bench.servers:
            server.trust(root.certificate)
            server.put("private.key", made[server.name].private_key_pem.reveal())
            server.put("public.crt", made[server.name].certificate_pem)

    return change


def without_names(bench: Bench) -> None:
    """No server looks at the name of its peer."""
    for server in bench.servers:
        server.say("verify_hostname", "false")


def _all_pairs(*, in_time: bool = True) -> tuple[Dial, ...]:
    names = ("server1", "server2", "server3")
    return tuple(Dial(client=a, server=b, gets_in=in_time) for a, b in permutations(names, 2))


def _mesh(*, pinned: bool = True, **wrong: Any) -> Change:
    """Self-signed leaves, each in the other's trusted/ if pinned."""

    def change(bench: Bench) -> None:
        made = {}
        for server in bench.servers:
            fields: dict[str, Any] = {
                "common_name": server.name,
                "names": (server.address,),
                **wrong,
            }
            made[server.name] = Recipe(**fields).make()
            server.show(made[server.name])
        for server in bench.servers:
            others = [one.certificate for name, one in made.items() if name != server.name]
            if pinned:
                server.trust(*others)

    return change


def one_is_foreign(bench: Bench) -> None:
    foreign = authority("Foreign CA")
    bench.one.show(bench.leaf(bench.one, issuer=foreign))


def _one_is_foreign_of_the_same_name(bench: Bench) -> None:
    twin = authority("Test CA")
    bench.one.show(bench.leaf(bench.one, issuer=twin))


def _pinned_without_ca(bench: Bench) -> None:
    """The guide's tip for CA-signed certificates: every server's own one into trusted/."""
    leaves = {server.name: bench.leaf(server) for server in bench.servers}
    for server in bench.servers:
        server.show(leaves[server.name])
        server.trust(*(leaf.certificate for name, leaf in leaves.items() if name != server.name))


def _pinned_with_chain(bench: Bench) -> None:
    _pinned_without_ca(bench)
    for server in bench.servers:
        server.put("trusted/ca.crt", pem(bench.ca.certificate))


def intermediate(*, sent: bool, anchored: bool = False, **wrong: Any) -> Change:
    """server1's leaf is below an intermediate CA."""

    def change(bench: Bench) -> None:
        between = authority("Between", bench.ca, **wrong)
        leaf = bench.leaf(bench.one, issuer=between)
        bench.one.show(leaf, *([between.certificate] if sent else []))
        if anchored:
            bench.two.trust(bench.ca.certificate, between.certificate)

    return change


def _only_the_intermediate_is_anchor(bench: Bench) -> None:
    between = authority("Between", bench.ca)
    for server in bench.servers:
        server.show(bench.leaf(server, issuer=between))
        server.trust(between.certificate)


def _anchor(**wrong: Any) -> Change:
    """The CA of both servers has something wrong in it."""

    def change(bench: Bench) -> None:
        bench.ca = authority("Odd CA", **wrong)
        for server in bench.servers:
            server.show(bench.leaf(server))
            server.trust(bench.ca.certificate)

    return change


def _rsa(bench: Bench) -> None:
    for number, server in enumerate(bench.servers):
        server.show(
            Recipe(common_name=server.name, issuer=bench.ca, names=(server.address,)).make(
                rsa_key(number)
            )
        )


TRUST_CASES = (
    *(
        Case(
            name=f"links: the wizard's files, {trust.value}, {algorithm.value}",
            change=_wizards(trust, algorithm),
            dials=_all_pairs(),
            servers=3,
        )
        for trust, algorithm in (
            (TrustModel.PRIVATE_CA, KeyAlgorithm.EC_P256),
            (TrustModel.PRIVATE_CA, KeyAlgorithm.EC_P384),
            (TrustModel.PRIVATE_CA, KeyAlgorithm.RSA_2048),
            (TrustModel.SELF_SIGNED, KeyAlgorithm.EC_P256),
        )
    ),
    Case(
        name="links: the wizard's issuing CA",
        change=_wizards_intermediate("cluster.test"),
        dials=_all_pairs(),
        servers=3,
    ),
    Case(
        name="links: the wizard's issuing CA, host names not verified",
        change=steps(_wizards_intermediate("cluster.test"), without_names),
        dials=_all_pairs(),
        servers=3,
    ),
    link("links: one CA", lambda _b: None, EVERYBODY),
    link("links: RSA leaves below an EC CA", _rsa, EVERYBODY),
    link(
        "links: server1's key is not its certificate's",
        lambda bench: bench.one.put("private.key", plain(ec_key())),
        NOBODY,
    ),
    link("links: server1 is of a foreign CA", one_is_foreign, NOBODY),
    link(
        "links: server1 is of a foreign CA of the same name",
        _one_is_foreign_of_the_same_name,
        NOBODY,
    ),
    link("links: self-signed, pinned", _mesh(), EVERYBODY),
    link("links: self-signed, pinned and expired", _mesh(**EXPIRED), EVERYBODY),
    link(
        "links: self-signed, pinned, for servers only",
        _mesh(extended=(Usage.SERVER_AUTH,)),
        EVERYBODY,
    ),
    link("links: self-signed, not pinned", _mesh(pinned=False), NOBODY),
    link("links: CA-signed leaves pinned without their CA", _pinned_without_ca, NOBODY),
    link("links: CA-signed leaves pinned with their CA", _pinned_with_chain, EVERYBODY),
    link("links: server2 has no trusted/", lambda bench: bench.two.drop("trusted"), NOBODY),
    link(
        "links: server2 trusts all",
        steps(one_is_foreign, lambda bench: bench.two.say("trust_all", "true")),
        EVERYBODY,
    ),
    link("links: intermediate sent", intermediate(sent=True), EVERYBODY),
    link("links: intermediate not sent", intermediate(sent=False), NOBODY),
    link(
        "links: intermediate not sent, but an anchor at server2",
        intermediate(sent=False, anchored=True),
        EVERYBODY,
    ),
    link("links: intermediate is the only anchor", _only_the_intermediate_is_anchor, EVERYBODY),
    link("links: intermediate expired", intermediate(sent=True, **EXPIRED), NOBODY),
    link("links: intermediate is no CA", intermediate(sent=True, ca=False), NOBODY),
    link(
        "links: intermediate may not sign",
        intermediate(sent=True, usage=key_usage("digital_signature")),
        NOBODY,
    ),
    link(
        "links: intermediate for servers only",
        intermediate(sent=True, extended=(Usage.SERVER_AUTH,)),
        EVERYBODY,
    ),
    link("links: anchor expired", _anchor(begins=NOW - 9 * DAY, ends=NOW - DAY), EVERYBODY),
    link("links: anchor is no CA", _anchor(ca=False), NOBODY),
    link("links: anchor without BasicConstraints", _anchor(ca=None), NOBODY),
    link("links: anchor may not sign", _anchor(usage=key_usage("crl_sign")), NOBODY),
    link("links: anchor without KeyUsage", _anchor(usage=None), EVERYBODY),
)

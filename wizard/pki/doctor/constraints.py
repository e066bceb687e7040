"""Name constraints and path lengths, also where Java ignores them: on the trusted CA itself.

RFC 5280 sections 4.2.1.9 and 4.2.1.10. Kinds of names that no server certificate needs are not
compared: where a CA limits them, a certificate that has one is refused.
"""

from __future__ import annotations

from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network

from cryptography import x509
from cryptography.x509.oid import NameOID

from wizard.pki.doctor.certificate_rules import extension
from wizard.pki.host_names import check_host_name

_MOST_COMPARISONS = 50_000
_COMPARED = (x509.DNSName, x509.IPAddress, x509.DirectoryName, x509.RFC822Name)


def broken_limits(chain: Sequence[x509.Certificate]) -> tuple[bool, ...]:
    """Say of each CA of a chain whether a limit it sets is broken below it, the lowest CA first.

    Args:
        chain: leaf first, up to and with the anchor.
    """
    return tuple(
        _is_broken(authority, chain[:place]) for place, authority in enumerate(chain[1:], start=1)
    )


def _is_broken(authority: x509.Certificate, below: Sequence[x509.Certificate]) -> bool:
    between = sum(one.subject != one.issuer for one in below[1:])
    limits = extension(authority, x509.BasicConstraints)
    if limits is not None and limits.path_length is not None and between > limits.path_length:
        return True
    names = extension(authority, x509.NameConstraints)
    if names is None:
        return False
    trees = (*(names.permitted_subtrees or ()), *(names.excluded_subtrees or ()))
    if any(isinstance(tree, x509.OtherName) for tree in trees):
        return True  # Java can't compare these, and fails (`OtherName.constrains`)
    # RFC 5280 section 6.1.3 (b): a CA that certifies itself anew is not asked for its names.
    asked = [one for one in below if one is below[0] or one.subject != one.issuer]
    if len(trees) * sum(len(_names(one)) for one in asked) > _MOST_COMPARISONS:
        return True  # a few files can ask for minutes of comparing
    return not all(_is_within(names, one) for one in asked)


def _is_within(limits: x509.NameConstraints, certificate: x509.Certificate) -> bool:
    return all(
        not any(_is_excluded(name, tree) for tree in limits.excluded_subtrees or ())
        and _is_permitted(name, limits.permitted_subtrees or ())
        for name in _names(certificate)
    )


def _is_permitted(name: x509.GeneralName, trees: Sequence[x509.GeneralName]) -> bool:
    of_its_kind = [tree for tree in trees if type(tree) is type(name)]
    return not of_its_kind or any(_matches(name, tree) for tree in of_its_kind)


def _names(certificate: x509.Certificate) -> list[x509.GeneralName]:
    alternative = extension(certificate, x509.SubjectAlternativeName)
    names: list[x509.GeneralName] = [*(alternative or ())]
    if not any(isinstance(name, x509.DNSName) for name in names):
        names += _common_names(certificate)
    if [*certificate.subject]:
        names.append(x509.DirectoryName(certificate.subject))
    return names


def _common_names(certificate: x509.Certificate) -> list[x509.DNSName]:
    """Where no DNS name stands, Java limits a common name that looks like one (seen, JDK 17)."""
    found = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    texts = [str(one.value) for one in found]
    return [x509.DNSName(text) for text in texts if check_host_name(text) is None]


def _matches(name: x509.GeneralName, tree: x509.GeneralName) -> bool:
    if isinstance(name, x509.DNSName) and isinstance(tree, x509.DNSName):
        return _is_below(name.value.lower().removeprefix("*."), tree.value.lower())
    if isinstance(name, x509.IPAddress) and isinstance(tree, x509.IPAddress):
        network = tree.value
        is_network = isinstance(network, IPv4Network | IPv6Network)
        return is_network and name.value in network  # type: ignore[operator]  # told just before
    if isinstance(name, x509.DirectoryName) and isinstance(tree, x509.DirectoryName):
        own, wanted = name.value.rdns, tree.value.rdns
        return tuple(own[: len(wanted)]) == tuple(wanted)
    if isinstance(name, x509.RFC822Name) and isinstance(tree, x509.RFC822Name):
        return name.value.lower() == tree.value.lower() or _is_below(
            name.value.lower().rpartition("@")[2], tree.value.lower()
        )
    return False


def _is_excluded(name: x509.GeneralName, tree: x509.GeneralName) -> bool:
    return _matches(name, tree) or (type(name) is type(tree) and not isinstance(name, _COMPARED))


def _is_below(name: str, tree: str) -> bool:
    if tree.startswith("."):
        return name.endswith(tree)
    return not tree or name == tree or name.endswith(f".{tree}")

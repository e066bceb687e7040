"""The seven fields of a certificate's subject, the distinguished name."""

from __future__ import annotations

from wizard.interview import checks, countries
from wizard.interview.defaults import usual
from wizard.interview.fields import Step, Text
from wizard.interview.trust import makes_keys

COUNTRY = Text(
    key="subject.country",
    label="Country",
    why="Two letters by ISO 3166; type the country's name to find them.",
    default=usual("subject.country", "left out"),
    check=checks.country,
    placeholder="GB",
    suggestions=countries.suggestions,
    tidy=countries.tidy,
)

STATE = Text(
    key="subject.state",
    label="State or province",
    why="It only tells people where the cluster belongs; Neo4j does not look at it.",
    default=usual("subject.state", "left out"),
    check=checks.place,
    placeholder="Cornwall",
)

LOCALITY = Text(
    key="subject.locality",
    label="Town or city",
    why="It only tells people where the cluster belongs; Neo4j does not look at it.",
    default=usual("subject.locality", "left out"),
    check=checks.place,
    placeholder="Truro",
)

ORGANIZATION = Text(
    key="subject.organization",
    label="Organization",
    why="The company or person the servers belong to, for whoever reads the certificate later.",
    default=usual("subject.organization", "left out"),
    check=checks.organization,
    placeholder="Example Ltd",
)

ORGANIZATIONAL_UNIT = Text(
    key="subject.organizational_unit",
    label="Department",
    why="The part of the organization to ask when the certificate is about to expire.",
    default=usual("subject.organizational_unit", "left out"),
    check=checks.organization,
    placeholder="Infrastructure",
)

COMMON_NAME = Text(
    key="subject.common_name",
    label="Common name",
    why="The server's own name; {address} is filled in with each server's advertised address.",
    default=usual("subject.common_name", "each server's own address"),
    check=checks.common_name,
    placeholder="{address}",
)

EMAIL = Text(
    key="subject.email",
    label="E-mail",
    why="Whom to write to about this certificate; everybody who sees the certificate can read it.",
    default=usual("subject.email", "left out"),
    check=checks.email,
    placeholder="tls@example.com",
)

SUBJECT = Step(
    key="subject",
    title="Subject",
    explain=(
        "These seven fields are the distinguished name (DN) in every certificate. They tell people "
        "whose it is. Only the names that the servers dial decide whether Neo4j accepts it, and "
        "those are put in for you as subject alternative names (SAN). Every field but the common "
        "name may stay empty."
    ),
    applies=makes_keys,
    fields=(COUNTRY, STATE, LOCALITY, ORGANIZATION, ORGANIZATIONAL_UNIT, COMMON_NAME, EMAIL),
)

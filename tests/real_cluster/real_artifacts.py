"""The jars of the real cluster, fetched once with Maven into a folder outside the tree.

Versions are pinned, and each jar's SHA-256 stands in `jars.sha256`: another jar is not run.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

HERE = Path(__file__).parent
LOCK = HERE / "jars.sha256"

CORE = "3.4.18"
"""The last Neo4j whose clustering is open and on Maven Central; AGPLv3 with Commons Clause."""

POLICY = "3.5.35"
"""The last Neo4j 3.5; its Community edition reads the SSL policies of neo4j.conf and obeys them."""

_NETTY = "4.1.68.Final"  # 3.5.35's own: one Netty has to serve both
_DEPENDENCIES = {
    "core": (
        ("org.neo4j", "neo4j-enterprise", CORE),
        ("org.neo4j.app", "neo4j-server", CORE),
        ("io.netty", "netty-all", _NETTY),
        ("javax.xml.bind", "jaxb-api", "2.3.1"),  # Java 8 had it; Jersey still needs it
        ("org.glassfish.jaxb", "jaxb-runtime", "2.3.9"),
    ),
    "policy": (("org.neo4j", "neo4j-kernel", POLICY),),
}
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_MAVEN_S = 900
_JAVAC_S = 120


class MissingToolError(Exception):
    """Something the real cluster stands on is not on this machine; the text says what."""


def install() -> tuple[Path, Path]:
    """Fetch and compile what is not there yet; return the folders of the jars and the classes.

    Raises:
        MissingToolError: a tool is missing, Maven could not fetch, or a jar is not the locked one.
    """
    for tool in ("java", "javac", "mvn"):
        if shutil.which(tool) is None:
            raise MissingToolError(f"a real cluster needs {tool}, which this machine does not have")
    with _locked(cache()):
        library = cache() / f"lib-{CORE}-{POLICY}"
        if not (library / "complete").exists():
            _fetch(library)
        return library, _compiled(library)


def cache() -> Path:
    """The folder of the person who runs the tests, even while a test has moved HOME."""
    given = os.environ.get("NEO4J_TLS_REAL_CACHE")
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    folder = Path(given) if given else home / ".cache" / "neo4j-tls-real"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _fetch(library: Path) -> None:
    """Lay out lib/: the policy's jars and the one that says Enterprise; the cluster's in core/.

    So whoever looks into lib/ finds the version whose rules hold for this server's SSL policies.
    """
    project = cache() / "project"
    shutil.rmtree(project, ignore_errors=True)
    for name in _DEPENDENCIES:
        _copy_dependencies(project / name, name)
    for jar in (project / "policy" / "lib").glob("netty-*.jar"):
        jar.unlink()
    shutil.move(project / "core" / "lib", project / "policy" / "lib" / "core")
    fetched = project / "policy" / "lib"
    enterprise = f"neo4j-enterprise-{CORE}.jar"
    shutil.copyfile(fetched / "core" / enterprise, fetched / enterprise)
    _check(fetched)
    shutil.rmtree(library, ignore_errors=True)
    shutil.move(fetched, library)
    (library / "complete").touch()


def _copy_dependencies(folder: Path, name: str) -> None:
    folder.mkdir(parents=True)
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        f"<version>{version}</version></dependency>"
        for group, artifact, version in _DEPENDENCIES[name]
    )
    (folder / "pom.xml").write_text(
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        f"<groupId>real</groupId><artifactId>{name}</artifactId><version>1</version>"
        f"<dependencies>{dependencies}</dependencies></project>"
    )
    command = ["mvn", "-q", "-B", "-f", str(folder / "pom.xml"), _COPY]
    options = [
        "-DincludeScope=runtime",
        "-DincludeTypes=jar",
        f"-DoutputDirectory={folder / 'lib'}",
    ]
    done = subprocess.run(
        [*command, *options],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=_MAVEN_S,
        check=False,
    )
    if done.returncode:
        raise MissingToolError(f"Maven could not fetch the real cluster: {done.stdout[-2000:]}")


def hashes(library: Path) -> str:
    """The SHA-256 of every jar below a folder, a line each, as `sha256sum` writes them."""
    jars = sorted(library.rglob("*.jar"), key=lambda jar: str(jar.relative_to(library)))
    return "".join(
        f"{hashlib.sha256(jar.read_bytes()).hexdigest()}  {jar.relative_to(library)}\n"
        for jar in jars
    )


def _check(library: Path) -> None:
    unexpected = set(hashes(library).splitlines()) ^ set(LOCK.read_text().splitlines())
    if unexpected:
        names = sorted({line.split()[1] for line in unexpected})
        raise MissingToolError(f"these jars are not those of {LOCK.name}: {', '.join(names)}")


def _compiled(library: Path) -> Path:
    """Compile our own few classes, unless these very sources were compiled before."""
    sources = {name: sorted((HERE / "java" / name).glob("*.java")) for name in _DEPENDENCIES}
    content = b"".join(source.read_bytes() for name in sources for source in sources[name])
    classes = cache() / f"classes-{hashlib.sha256(content).hexdigest()[:16]}"
    if not (classes / "complete").exists():
        paths = {"core": f"{library}/core/*", "policy": f"{library}/*:{library}/core/*"}
        for name, path in paths.items():
            options = ["-nowarn", "-d", str(classes / name), "-cp", path]
            subprocess.run(
                ["javac", *options, *map(str, sources[name])],
                check=True,
                capture_output=True,
                timeout=_JAVAC_S,
            )
        (classes / "complete").touch()
    return classes

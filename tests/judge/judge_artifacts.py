"""Neo4j's own classes, fetched once with Maven into a folder outside the tree, and a JDK for each.

The versions are pinned: what the judge says must not change because something was published.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import pwd
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from wizard.model.version import Version

JAVA_SOURCES = Path(__file__).parent / "java"

THREE = Version(3, 5, 35)
"""The last of the versions whose policies have free names; other classes answer for it."""

EARLY_FOURS = (
    Version(4, 0, 12),
    Version(4, 1, 13),
    Version(4, 2, 19),
    Version(4, 3, 24),
)
"""The last patch of each; they are asked only what `judge_cases.EARLY_CASES` holds."""

VERSIONS = (
    Version(4, 4, 48),
    Version(5, 1, 0),  # the first 5 whose classes are judged as they came
    Version(5, 23, 0),  # the last one with TLSv1.2 alone by default
    Version(5, 26, 30),
    Version(2025, 1, 0),  # the first one that verifies host names by default
    Version(2025, 12, 1),
    Version(2026, 8, 1),
)
"""What is judged on every case; each is on Maven Central as `org.neo4j:neo4j-ssl`."""

ALL_VERSIONS = (THREE, *EARLY_FOURS, *VERSIONS)
"""All that are asked about settings and about what the wizard writes."""

PRACTISED = (Version(4, 4, 48), Version(5, 26, 30), Version(2025, 12, 1), Version(2026, 8, 1))
"""Those the practice cluster is held against too: the last of each kind it plays."""

_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies"
_JACKSON = "2.22.1"  # reads and writes the judge's own lines
_ALONE = (
    "<exclusions><exclusion><groupId>*</groupId><artifactId>*</artifactId></exclusion></exclusions>"
)
_JAVA_FOR_CALENDAR = 21  # Neo4j 2025.01 and later are compiled for it
_JAVA_OLDEST = 17
_JDK_FOLDERS = ("/usr/lib/jvm", "/Library/Java/JavaVirtualMachines", "/opt")
_MAVEN_S = 900
_JAVAC_S = 120


class MissingToolError(Exception):
    """Something the judge stands on is not on this machine; the text says what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Installed:
    """What it takes to start one judge.

    Attributes:
        java: the program that runs it.
        class_path: Neo4j's jars and the judge's own classes.
    """

    version: Version
    java: Path
    class_path: str


def install(versions: tuple[Version, ...] = ALL_VERSIONS) -> dict[Version, Installed]:
    """Fetch and compile what is not there yet, and return it by version.

    Raises:
        MissingToolError: Maven or a JDK is missing, or Maven could not fetch.
    """
    homes = {version: _java_home(version) for version in versions}
    folder = _cache()
    with _locked(folder):
        jars = _fetch(folder, versions)
        return {
            version: Installed(
                version=version,
                java=homes[version] / "bin" / "java",
                class_path=_compiled(jars[version], homes[version], version),
            )
            for version in versions
        }


def _cache() -> Path:
    """The folder of the person who runs the tests, even while a test has moved HOME."""
    given = os.environ.get("NEO4J_TLS_JUDGE_CACHE")
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    folder = Path(given) if given else home / ".cache" / "neo4j-tls-judge"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    with (folder / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _java_home(version: Version) -> Path:
    """Return the oldest JDK that can run a version: users' servers run the oldest that is allowed.

    Raises:
        MissingToolError: there is none.
    """
    needed = _JAVA_FOR_CALENDAR if version.is_calendar else _JAVA_OLDEST
    fitting = sorted(pair for pair in _jdks() if pair[0] >= needed)
    if not fitting:
        raise MissingToolError(f"Neo4j {version} needs a JDK {needed} or later (javac and java)")
    return fitting[0][1]


def _jdks() -> Iterator[tuple[int, Path]]:
    homes = [Path(os.environ["JAVA_HOME"])] if "JAVA_HOME" in os.environ else []
    for parent in _JDK_FOLDERS:
        homes += [*Path(parent).glob("*"), *Path(parent).glob("*/Contents/Home")]
    if (javac := shutil.which("javac")) is not None:
        homes.append(Path(javac).resolve().parent.parent)
    for home in homes:
        release = home / "release"
        if (home / "bin" / "javac").exists() and release.exists():
            found = re.search(r'JAVA_VERSION="(?:1\.)?(\d+)', release.read_text())
            if found:
                yield int(found[1]), home


def _fetch(folder: Path, versions: tuple[Version, ...]) -> dict[Version, Path]:
    """Have one Maven run copy the jars of all versions that are not complete yet."""
    jars = {version: folder / f"neo4j-{version}" for version in versions}
    missing = [version for version in versions if not _complete(jars[version], version).exists()]
    if not missing:
        return jars
    maven = shutil.which("mvn")
    if maven is None:
        raise MissingToolError("Neo4j's classes are fetched with Maven (mvn), which is not here")
    project = folder / "project"
    shutil.rmtree(project, ignore_errors=True)
    _write_project(project, missing)
    command = [maven, "-q", "-B", "-T2", "-f", str(project / "pom.xml"), _COPY]
    options = ["-DincludeScope=runtime", "-DoutputDirectory=${project.basedir}/lib"]
    done = subprocess.run(
        [*command, *options],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=_MAVEN_S,
        check=False,
    )
    if done.returncode:
        raise MissingToolError(f"Maven could not fetch Neo4j's classes: {done.stdout[-2000:]}")
    for version in missing:
        shutil.rmtree(jars[version], ignore_errors=True)
        shutil.move(project / f"neo4j-{version}", jars[version])
        _complete(jars[version], version).touch()
    return jars


def _write_project(project: Path, versions: list[Version]) -> None:
    modules = "".join(f"<module>neo4j-{version}</module>" for version in versions)
    _write_pom(project, "all", f"<packaging>pom</packaging><modules>{modules}</modules>")
    for version in versions:
        name = f"neo4j-{version}"
        _write_pom(project / name, name, _dependencies(version))


def _dependencies(version: Version) -> str:
    """What a judge needs: the classes that load policies, and those that declare settings."""
    loader = "neo4j-kernel" if version == THREE else "neo4j-ssl"
    wanted = (
        ("org.neo4j", loader, str(version), ""),
        # Its ServerSettings is all that is wanted, not the web server it would bring along.
        ("org.neo4j.app", "neo4j-server", str(version), _ALONE),
        ("com.fasterxml.jackson.core", "jackson-databind", _JACKSON, ""),
    )
    dependencies = "".join(
        f"<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>"
        f"<version>{number}</version>{exclusions}</dependency>"
        for group, artifact, number, exclusions in wanted
    )
    return f"<dependencies>{dependencies}</dependencies>"


def _complete(folder: Path, version: Version) -> Path:
    """The mark of a folder that holds all that is needed today."""
    return folder / f"complete-{hashlib.sha256(_dependencies(version).encode()).hexdigest()[:16]}"


def _write_pom(folder: Path, name: str, body: str) -> None:
    folder.mkdir(parents=True)
    (folder / "pom.xml").write_text(
        '<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>'
        f"<groupId>judge</groupId><artifactId>{name}</artifactId><version>1</version>{body}"
        "</project>"
    )


def _compiled(folder: Path, java_home: Path, version: Version) -> str:
    """Compile the judge for one version, unless this very source was compiled before."""
    own = JAVA_SOURCES / ("from_3" if version == THREE else "from_4")
    sources = [*sorted(JAVA_SOURCES.glob("*.java")), *sorted(own.glob("*.java"))]
    content = b"".join(source.read_bytes() for source in sources) + str(java_home).encode()
    classes = folder / f"classes-{hashlib.sha256(content).hexdigest()[:16]}"
    if not (classes / "Judge.class").exists():
        shutil.rmtree(classes, ignore_errors=True)
        compiler = [str(java_home / "bin" / "javac"), "-nowarn", "-d", str(classes)]
        subprocess.run(
            [*compiler, "-cp", f"{folder}/lib/*", *map(str, sources)],
            check=True,
            capture_output=True,
            timeout=_JAVAC_S,
        )
    return f"{classes}{os.pathsep}{folder}/lib/*"

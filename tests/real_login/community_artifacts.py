"""A whole Neo4j Community from Maven Central, fetched once into a folder outside the tree."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

from judge_artifacts import (
    _COPY,
    _MAVEN_S,
    Installed,
    MissingToolError,
    _cache,
    _java_home,
    _locked,
    _write_pom,
)

from wizard.model.version import Version

PINNED = Version(5, 26, 30)
"""Neo4j 5's long-term release; `NEO4J_TLS_LOGIN_VERSION` names another one, such as 2026.08.1."""

_SOURCE = Path(__file__).parent / "java" / "Community.java"
_NOT_NEEDED = (
    ("org.apache.hadoop", "*"),
    ("org.apache.parquet", "*"),
    ("org.eclipse.jetty", "*"),
    ("org.glassfish.jersey.core", "*"),
    ("org.neo4j", "neo4j-import-tool"),
)
"""What it never loads: the bulk import, and the web server that an embedded Neo4j does not have."""

_JAVAC_S = 120


def install(version: Version) -> Installed:
    """Fetch and compile what is not there yet.

    Raises:
        MissingToolError: Maven or a JDK is missing, or Maven could not fetch.
    """
    home = _java_home(version)
    with _locked(_cache()):
        folder = _cache() / f"community-{version}"
        mark = folder / f"complete-{hashlib.sha256(_wanted(version).encode()).hexdigest()[:16]}"
        if not mark.exists():
            _fetch(folder, version)
            mark.touch()
        classes = _compiled(folder, home)
    path = f"{classes}:{folder}/lib/*"
    return Installed(version=version, java=home / "bin" / "java", class_path=path)


def _wanted(version: Version) -> str:
    exclusions = "".join(
        f"<exclusion><groupId>{group}</groupId><artifactId>{artifact}</artifactId></exclusion>"
        for group, artifact in _NOT_NEEDED
    )
    return (
        "<dependencies><dependency><groupId>org.neo4j</groupId><artifactId>neo4j</artifactId>"
        f"<version>{version}</version><exclusions>{exclusions}</exclusions></dependency>"
        "</dependencies>"
    )


def _fetch(folder: Path, version: Version) -> None:
    maven = shutil.which("mvn")
    if maven is None:
        raise MissingToolError("Neo4j is fetched with Maven (mvn), which is not here")
    shutil.rmtree(folder, ignore_errors=True)
    _write_pom(folder, folder.name, _wanted(version))
    options = ["-DincludeScope=runtime", f"-DoutputDirectory={folder}/lib"]
    done = subprocess.run(
        [maven, "-q", "-B", "-f", str(folder / "pom.xml"), _COPY, *options],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        timeout=_MAVEN_S,
        check=False,
    )
    if done.returncode:
        raise MissingToolError(f"Maven could not fetch Neo4j: {done.stdout[-2000:]}")


def _compiled(folder: Path, home: Path) -> Path:
    content = _SOURCE.read_bytes() + str(home).encode()
    classes = folder / f"classes-{hashlib.sha256(content).hexdigest()[:16]}"
    if not (classes / "Community.class").exists():
        command = [home / "bin" / "javac", "-nowarn", "-d", classes, "-cp", f"{folder}/lib/*"]
        subprocess.run([*command, _SOURCE], check=True, capture_output=True, timeout=_JAVAC_S)
    return classes

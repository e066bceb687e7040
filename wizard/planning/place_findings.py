"""How neo4j.conf stands in its folder, where that keeps one rename from replacing just this file.

Whatever can't be put back as it was is refused here, before anything has been touched.
"""

from __future__ import annotations

from collections.abc import Iterator
from posixpath import dirname

from wizard.model.facts import ConfKind, ServerFacts
from wizard.model.problems import Problem, blocker
from wizard.model.text import shown
from wizard.planning.telling import note, warning


def has_conf(facts: ServerFacts) -> bool:
    """Whether there is a neo4j.conf that can be read as one file."""
    return facts.conf_place.kind is ConfKind.FILE and bool(facts.conf or not facts.conf_is_link)


def of_place(facts: ServerFacts) -> Iterator[Problem]:
    """Yield what is particular about the place of one server's neo4j.conf."""
    server, place, file = facts.server, facts.conf_place, facts.conf_file
    if place.kind is ConfKind.FOLDER:
        yield blocker(
            server,
            "conf-is-folder",
            f"neo4j.conf on {server} is a folder of files, one a setting, as Kubernetes mounts it; "
            "this wizard changes a single file only.",
            "Put the settings into one file neo4j.conf, or change them where the folder comes "
            "from.",
            file,
        )
        return
    if not has_conf(facts):
        yield blocker(
            server,
            "conf-is-link",
            f"neo4j.conf on {server} is a link to {shown(file)}, which is not there.",
            "Put the file back, or say in the answers where neo4j.conf stands.",
            file,
        )
        return
    yield from _of_links(facts)
    yield from _of_rename(facts)


def _of_links(facts: ServerFacts) -> Iterator[Problem]:
    server, place, file = facts.server, facts.conf_place, facts.conf_file
    if place.strange_link is not None:
        yield blocker(
            server,
            "conf-link-strange",
            f"{shown(place.strange_link)} on {server} is a link to {shown(file)} and belongs to "
            "neither root nor the owner of that file, so nothing is written through it.",
            "Give the link the owner of the file, or say in the answers where neo4j.conf stands.",
            place.strange_link,
        )
    elif place.checkout is not None:
        yield warning(
            server,
            "conf-in-checkout",
            f"neo4j.conf on {server} is a link into {shown(place.checkout)}, which is under "
            "version control; the next update there may undo the change.",
            "Commit the same change there once the cluster is encrypted.",
            file,
        )
    elif facts.conf_is_link:
        yield note(
            server,
            "conf-is-link",
            f"neo4j.conf on {server} is a link: {shown(file)} is changed, and the link stays.",
            "Make sure that no other server reads the same file.",
            file,
        )


def _of_rename(facts: ServerFacts) -> Iterator[Problem]:
    server, place, file = facts.server, facts.conf_place, facts.conf_file
    if place.mounted:
        # rename(2), EBUSY: the kernel does not replace a mount point.
        yield blocker(
            server,
            "conf-is-mounted",
            f"{shown(file)} on {server} is mounted by itself, so it can't be replaced by a "
            "rename, and half a file could be left if it were written over.",
            f"Mount the folder {shown(dirname(file))} instead of the one file, or unmount it and "
            "put the file there.",
            file,
        )
    if place.read_only:
        listed = " and ".join(map(shown, dict.fromkeys(place.read_only)))
        yield blocker(
            server,
            "read-only",
            f"{listed} on {server} can't be written, because the file system there is mounted "
            "read-only.",
            "Mount it for writing, or make the change where its content comes from.",
            file,
        )
    if place.hard_links > 1:
        yield blocker(
            server,
            "conf-hard-linked",
            f"{shown(file)} on {server} is one file with {place.hard_links} names (hard links); a "
            "rename would part it from the others, which would keep the old settings.",
            "Give neo4j.conf a file of its own: copy it with cp -p to another name beside it, and "
            "mv the copy over it.",
            file,
        )

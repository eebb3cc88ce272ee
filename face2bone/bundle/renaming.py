"""Give a concept another name, kept beside the bundle with who gave it and when."""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from face2bone import clock
from face2bone.bundle.folder import Bundle, load_sealed, with_names
from face2bone.bundle.names import (
    GivenName,
    combined,
    read_names,
    tidy_giver,
    tidy_name,
    write_names,
)
from face2bone.errors import ConceptNameRefused
from face2bone.words import message, template, together

# Two sessions of one dashboard each read, change and write; the second must see the first's.
_ONE_AT_A_TIME: Final = threading.Lock()


def rename_concept(
    root: Path | str, index: int, name: str, by: str, instead_of: str | None = None
) -> Bundle:
    """Call concept ``index`` (0 to R - 1, the bank's order) of the bundle in ``root`` ``name``.

    ``by`` is the name or initials of who does so. ``instead_of`` is the name that this person saw:
    where the concept has got another one since, the new one is refused and nothing is overwritten.

    Returns the bundle as it now reads; its hash is the same, for a name is no part of the
    model. The name lasts as long as the folder: ``save_bundle`` over it starts anew. The name a
    concept was made with takes a given one back.

    Raises:
        ConceptNameRefused: no such concept; a name that is empty, longer than 60 characters,
            another concept's, or of other characters than letters, digits and plain
            punctuation; nobody who gives it; a name given by somebody else in the meantime; or a
            folder that cannot be written. Nothing has changed then.
        BundleMissing, BundleCorrupt: as ``load_bundle`` does.
    """
    tidy, giver = tidy_name(name), tidy_giver(by)
    with _ONE_AT_A_TIME, _held(Path(root)):
        sealed = load_sealed(root)
        made = sealed.concepts.names
        if not 0 <= index < len(made):
            raise ConceptNameRefused(
                "There is no such concept: the bundle has {count}. Choose one of these.",
                count=len(made),
            )
        given = list(read_names(sealed.root, sealed.sha256, made))
        now = given[index]
        _refuse_overtaken(made[index] if now is None else now.name, now, instead_of)
        given[index] = None if tidy == made[index] else GivenName(tidy, giver, clock.now())
        combined(made, tuple(given))
        write_names(sealed.root, sealed.sha256, tuple(given))
    return with_names(sealed, tuple(given))


def _refuse_overtaken(shown: str, given: GivenName | None, instead_of: str | None) -> None:
    if instead_of is None or shown == instead_of:
        return
    said = message("In the meantime the concept was called {name}.", name=f"{shown!r}")
    look = template("Look at it again, and give your name if it is still the better one.")
    by = [str(given)] if given is not None else []
    raise ConceptNameRefused(together([said, *by, look]), overtaken=True)


@contextmanager
def _held(root: Path) -> Iterator[None]:
    """Keep other processes from naming concepts of this folder, where the system can lock one."""
    try:
        import fcntl

        folder = os.open(root, os.O_RDONLY)
    except (ImportError, OSError):  # another system, or no folder: what follows says so
        yield
        return
    try:
        with suppress(OSError):  # a network's file system without locks
            fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)

"""Give a concept another name, kept beside the bundle."""

import threading
from dataclasses import replace
from pathlib import Path
from typing import Final

from face2bone.bundle.folder import Bundle, load_sealed
from face2bone.bundle.names import combined, read_names, tidy_name, write_names
from face2bone.errors import ConceptNameRefused

# Two sessions of one dashboard each read, change and write; the second must see the first's.
_ONE_AT_A_TIME: Final = threading.Lock()


def rename_concept(root: Path | str, index: int, name: str) -> Bundle:
    """Call concept ``index`` (0 to R - 1, the bank's order) of the bundle in ``root`` ``name``.

    Returns the bundle as it now reads; its hash is the same, for a name is no part of the
    model. The name lasts as long as the folder: ``save_bundle`` over it starts anew. The name a
    concept was made with takes a given one back.

    Raises:
        ConceptNameRefused: no such concept; a name that is empty, longer than 60 characters,
            another concept's, or of other characters than letters, digits and plain
            punctuation; or a folder that cannot be written. Nothing has changed then.
        BundleMissing, BundleCorrupt: as ``load_bundle`` does.
    """
    with _ONE_AT_A_TIME:
        sealed = load_sealed(root)
        made = sealed.concepts.names
        if not 0 <= index < len(made):
            raise ConceptNameRefused(
                f"There is no such concept: the bundle has {len(made)}. Choose one of these."
            )
        given = list(read_names(sealed.root, sealed.sha256, made))
        tidy = tidy_name(name)
        given[index] = None if tidy == made[index] else tidy
        shown = combined(made, tuple(given))
        write_names(sealed.root, sealed.sha256, tuple(given))
    return replace(sealed, concepts=replace(sealed.concepts, names=shown))

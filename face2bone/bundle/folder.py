"""A bundle on disk: written whole or not at all, and verified before it is believed."""

import hashlib
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Final

import torch

from face2bone import clock
from face2bone.atomic_files import whole_folder
from face2bone.bundle.card import BundleCard, card_from_yaml, card_to_yaml
from face2bone.bundle.contents import (
    CALIBRATION,
    CONCEPT_TEXTS,
    FILES,
    RELIABILITY,
    BundleContents,
    decode,
    encode,
)
from face2bone.bundle.files import file_of, verified_files
from face2bone.bundle.names import (
    Given,
    GivenName,
    combined,
    read_names,
    tidy_giver,
    tidy_name,
    write_names,
)
from face2bone.careful import DOCUMENT_BYTES, TEXT_BYTES
from face2bone.errors import (
    BundleCorrupt,
    BundleMissing,
    ConceptNameRefused,
    StudyError,
    WrongStudy,
)
from face2bone.nn.network import BundleNetwork
from face2bone.nn.registry import make_network
from face2bone.studies import study_named
from face2bone.words import message, template, together

CARD: Final = "card.yaml"
ARRAY_BYTES: Final = 256 * 2**20  # the largest network of ``nn.config.MOST`` has 230 MB
_DOCUMENTS: Final = dict.fromkeys((CALIBRATION, CONCEPT_TEXTS, RELIABILITY), DOCUMENT_BYTES)


@dataclass(frozen=True, kw_only=True)
class Bundle(BundleContents):
    """A verified bundle in memory; ``root`` is where it was read, ``sha256`` its card's.

    given: the names given to its concepts since it was made, with who gave them and when.
    """

    card: BundleCard
    root: Path
    sha256: str
    given: Given = ()

    def naming(self, concept: int) -> str:
        """Who gave the concept its name and when; "" for the one it was made with."""
        return str(self.given[concept] or "") if self.given else ""

    @cached_property
    def network(self) -> BundleNetwork:
        """The bundle's network, in evaluation mode, without gradients; copy it before changing it.

        Built once, when the bundle is loaded. torch's random state is left as it was. Raises
        ``BundleCorrupt`` when the weights are not those of the card's architecture, and
        ``WrongStudy`` when the card is of a study that this version cannot use.
        """
        try:
            architecture = _architecture(self.card)
            with torch.random.fork_rng(devices=[]):
                network = make_network(architecture, self.card.architecture)
            network.load_state_dict(dict(self.state))
        except (RuntimeError, ValueError) as error:
            raise BundleCorrupt(
                "The bundle's weights do not fit the architecture on its card. "
                "Fetch the bundle again or rebuild it."
            ) from error
        return network.eval().requires_grad_(False)


def _architecture(card: BundleCard) -> str:
    try:
        tools = study_named(card.study).ready()
    except StudyError as error:
        raise WrongStudy(
            "The bundle {bundle} is of the study {study}, which this version cannot use. "
            "Choose another bundle, or update the software.",
            bundle=card.name,
            study=f"{card.study!r}",
        ) from error
    return tools.network_of(card.architecture.to_dict().get("network"))


def bundle_hash(bundle: Bundle) -> str:
    """SHA-256 of the card's bytes, which hold every other file's: one hash for the whole."""
    return bundle.sha256


def load_bundle(path: Path | str) -> Bundle:
    """Read and verify a bundle folder.

    Each file is read once, compared with the hash on the card, and parsed from those very
    bytes. Files the card does not list are never opened, but for the names given to its
    concepts (``names.py``).

    Raises:
        BundleMissing: when the folder or a file is not there.
        BundleCorrupt: when a hash, a key, a shape, a type or a range is wrong.
    """
    bundle = load_sealed(path)
    made = bundle.concepts.names
    return with_names(bundle, read_names(bundle.root, bundle.sha256, made))


def with_names(sealed: Bundle, given: Given) -> Bundle:
    """The sealed bundle with its concepts under the names given to them.

    Raises ``ConceptNameRefused`` where two would be called the same.
    """
    shown = combined(sealed.concepts.names, given)
    return replace(sealed, concepts=replace(sealed.concepts, names=shown), given=given)


def load_sealed(path: Path | str) -> Bundle:
    """The bundle as the card seals it, its concepts under the names they were made with.

    Raises ``BundleMissing`` and ``BundleCorrupt`` as ``load_bundle`` does.
    """
    root = Path(path)
    if not root.is_dir():
        raise BundleMissing(
            "There is no bundle folder {folder}. Run `make train-demo`, or set "
            "FACE2BONE_BUNDLE to a bundle.",
            folder=f"{root.name!r}",
        )
    card_bytes = file_of(root, CARD, TEXT_BYTES)
    card = card_from_yaml(card_bytes)
    most = dict.fromkeys(FILES, ARRAY_BYTES) | _DOCUMENTS
    contents = decode(verified_files(root, card.files, FILES, most))
    bundle = Bundle(
        **vars(contents), card=card, root=root, sha256=hashlib.sha256(card_bytes).hexdigest()
    )
    _check_fit(bundle)
    return bundle


def save_bundle(path: Path | str, card: BundleCard, contents: BundleContents) -> Bundle:
    """Write a bundle folder, whole or not at all, and return it as read back.

    The files are written to a hidden neighbour, loaded from there as a check, and renamed
    into place; a bundle already at ``path`` is replaced. ``card.files`` is filled in.

    Raises ``BundleCorrupt`` when the parts do not fit each other.
    """
    root = Path(path)
    files = encode(contents)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    files[CARD] = card_to_yaml(replace(card, files=hashes))
    with whole_folder(root) as made:
        for name, data in files.items():
            (made / name).write_bytes(data)
        bundle = load_bundle(made)
    return replace(bundle, root=root)


def _check_fit(bundle: Bundle) -> None:
    """Weights fit the architecture; input, classes and references fit the network."""
    network, card = bundle.network, bundle.card
    channels = network.cut_channels
    if (
        card.input.shape != network.input_shape
        or bundle.mean_picture.shape != card.input.picture_shape
    ):
        raise BundleCorrupt(
            "The bundle's network or its mean picture is not of the input on its card. "
            "Fetch the bundle again or rebuild it."
        )
    if len(bundle.conformal.scores) != len(card.labels):
        raise BundleCorrupt(
            "The bundle's prediction sets are not for the classes on its card. "
            "Fetch the bundle again or rebuild it."
        )
    if bundle.ood.mean.size != channels or bundle.concepts.basis.shape[1] != channels:
        raise BundleCorrupt(
            "The bundle's references are not for the network's {channels} feature "
            "channels. Fetch the bundle again or rebuild it.",
            channels=channels,
        )


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

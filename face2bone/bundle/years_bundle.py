"""A face age network as one folder: weights, card, and what was measured of its answers.

    card.yaml              the card below, sealed and with the hash of every other file
    model.safetensors      the network's state dict
    years.json             interval, age gap and error by band, as far as they were measured
    mean_face.safetensors  a mean prepared face, on which engines are compared
    ood.safetensors        out-of-domain reference; left out where no faces served for it

Like every bundle it holds no code, and nothing is unpickled.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, ClassVar, Final, Literal

import numpy as np
import numpy.typing as npt
import safetensors.numpy
import safetensors.torch
import torch
from pydantic import ConfigDict, Field, JsonValue, TypeAdapter, ValidationError
from torch import Tensor

from face2bone.atomic_files import whole_folder
from face2bone.bundle.card import AGE_STUDY, MOST_PIXELS, Status
from face2bone.bundle.contents import MEAN_PICTURE, MODEL, OOD, UNREADABLE, decode_ood, encode_ood
from face2bone.bundle.files import file_of, sealed_yaml, unsealed, verified_files
from face2bone.bundle.folder import ARRAY_BYTES, CARD
from face2bone.bundle.ood import OodReference
from face2bone.careful import DOCUMENT_BYTES, TEXT_BYTES
from face2bone.errors import BundleCorrupt, BundleMissing, Face2BoneError, WrongStudy
from face2bone.invalid_value import fault
from face2bone.modalities.input_spec import InputSpec
from face2bone.nn.network import BundleNetwork
from face2bone.nn.registry import blueprint, make_network
from face2bone.settings import get_settings
from face2bone.tasks.years import Answer, GapFit, YearsInterval, YearsTask
from face2bone.words import template

YEARS: Final = "years.json"
SCHEMA: Final = 1
MOST_YEARS: Final = 128
_MOST: Final = {
    MODEL: ARRAY_BYTES,
    YEARS: DOCUMENT_BYTES,
    MEAN_PICTURE: ARRAY_BYTES,
    OOD: ARRAY_BYTES,
}

Text = Annotated[str, Field(min_length=1)]
Sha256 = Annotated[str, Field(pattern="^[0-9a-f]{64}$")]


@dataclass(frozen=True, kw_only=True)
class YearsCard:
    """The description of a face age bundle.

    status, cohort, provenance, results, generator_version, generator_hash, files: as on every
    card (``card.BundleCard``). network, settings: its name, and what its constructor is given
    besides the number of years. low, high, answer: of the task, in years. input: what it reads,
    which also says how the face is cut out. limits: sentences that stand beside every answer.

    Raises ``BundleCorrupt`` when the fields contradict each other.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    name: Text
    version: Text
    status: Status
    created_on: date
    network: Literal["face2bone", "resnet10", "sface"]
    settings: Mapping[str, JsonValue]
    cohort: Text
    low: Annotated[int, Field(ge=0)]
    high: int
    answer: Answer
    input: InputSpec
    limits: Annotated[tuple[Text, ...], Field(min_length=1)]
    provenance: Mapping[str, JsonValue]
    results: Mapping[str, JsonValue]
    generator_version: str | None = None
    generator_hash: Sha256 | None = None
    files: Mapping[str, Sha256] = field(default_factory=dict)
    schema: Literal[1] = 1
    study: Literal["face_age"] = AGE_STUDY

    def __post_init__(self) -> None:
        _require(
            0 < self.high - self.low < MOST_YEARS, template("its years do not run from low to high")
        )
        sides = self.input.height, self.input.width
        _require(
            min(sides) > 0 and max(sides) <= MOST_PIXELS, template("its input is none to be read")
        )
        drawn = self.generator_version is not None or self.generator_hash is not None
        _require(self.status == "demo" or not drawn, template("drawn faces can only make a demo"))

    @property
    def task(self) -> YearsTask:
        """The years it tells apart."""
        return YearsTask(self.low, self.high, self.answer)


@dataclass(frozen=True)
class Band:
    """Error of the answer among people aged ``low`` to below ``high``, all in years.

    bias: mean of answer minus age. coverage: share inside the interval; None without one.
    """

    low: float
    high: float
    people: int
    mae: float
    bias: float
    coverage: float | None = None


@dataclass(frozen=True, kw_only=True)
class YearsFacts:
    """What was measured of a network's answers.

    interval, gap: None where no calibration people were to be had. measured_on: whom, in words.
    bands: the error by age; empty where it was not measured.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    interval: YearsInterval | None
    gap: GapFit | None
    bands: tuple[Band, ...]
    measured_on: Text


@dataclass(frozen=True, kw_only=True)
class YearsContents:
    """All of the folder but the card; ``mean_picture`` uint8 (H, W, 3) of the input's size."""

    state: Mapping[str, Tensor]
    facts: YearsFacts
    mean_picture: npt.NDArray[np.uint8]
    ood: OodReference | None = None


@dataclass(frozen=True, kw_only=True)
class YearsBundle(YearsContents):
    """A verified face age bundle; ``root`` is where it was read, ``sha256`` its card's."""

    card: YearsCard
    root: Path
    sha256: str

    calibration: ClassVar[tuple[()]] = ()
    """Logits become shares by a softmax alone."""

    @cached_property
    def network(self) -> BundleNetwork:
        """The network in evaluation mode, without gradients.

        Raises ``BundleCorrupt`` when the weights are not those of the card's network.
        """
        try:
            with torch.random.fork_rng(devices=[]):
                network = _untrained(self.card)
            network.load_state_dict(dict(self.state))
        except (RuntimeError, ValueError, TypeError, Face2BoneError) as error:
            raise BundleCorrupt(
                "The bundle's weights do not fit the network on its card. "
                "Fetch the bundle again or rebuild it."
            ) from error
        return network.eval().requires_grad_(False)


def years_folder() -> Path:
    """Where the site's own face age bundle is, if it has one."""
    return get_settings().face_age


def load_years_bundle(path: Path | str | None = None) -> YearsBundle:
    """Read and verify a face age bundle's folder, without one named the site's own.

    Raises ``BundleMissing``; ``BundleCorrupt`` for a wrong hash, key, shape, type or range; and
    ``WrongStudy`` for a bundle of another study.
    """
    root = Path(path or years_folder())
    if not root.is_dir():
        raise BundleMissing(
            "There is no face age bundle {folder}. Set FACE2BONE_FACE_AGE to one's folder.",
            folder=f"{root.name!r}",
        )
    data = file_of(root, CARD, TEXT_BYTES)
    card = _card(data)
    names = (MODEL, YEARS, MEAN_PICTURE, *((OOD,) if OOD in card.files else ()))
    contents = _decoded(verified_files(root, card.files, names, _MOST))
    bundle = YearsBundle(
        **vars(contents), card=card, root=root, sha256=hashlib.sha256(data).hexdigest()
    )
    _check_fit(bundle)
    return bundle


def is_years_bundle(path: Path | str) -> bool:
    """Whether a folder's card says that it is a face age bundle; damaged ones are not."""
    try:
        values = unsealed(file_of(Path(path), CARD, TEXT_BYTES))
    except (BundleCorrupt, BundleMissing, ValueError):
        return False
    return isinstance(values, dict) and values.get("study") == AGE_STUDY


def save_years_bundle(path: Path | str, card: YearsCard, contents: YearsContents) -> YearsBundle:
    """Write a face age bundle, whole or not at all, and return it as read back.

    Raises ``BundleCorrupt`` when the parts do not fit each other.
    """
    root, files = Path(path), _encoded(contents)
    hashes = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
    files[CARD] = sealed_yaml(_plain(replace(card, files=hashes)))
    with whole_folder(root) as made:
        for name, data in files.items():
            (made / name).write_bytes(data)
        bundle = load_years_bundle(made)
    return replace(bundle, root=root)


def _untrained(card: YearsCard) -> BundleNetwork:
    settings = dict(card.settings) | {"outputs": card.task.outputs}
    return make_network(card.network, blueprint(card.network).settings.from_dict(settings))


def _plain(card: YearsCard) -> dict[str, Any]:
    return asdict(card) | {"files": dict(card.files), "limits": list(card.limits)}


def _card(data: bytes) -> YearsCard:
    try:
        values = unsealed(data)
        if isinstance(values, dict) and values.get("study", "face2bone") != AGE_STUDY:
            raise WrongStudy(
                "The bundle {bundle} does not say how old a face looks. Set FACE2BONE_FACE_AGE "
                "to a bundle of the study face_age.",
                bundle=str(values.get("name")),
            )
        return _CARD.validate_json(json.dumps(values, default=date.isoformat), strict=True)
    except ValidationError as error:
        raise _invalid(fault(error)) from error
    except (BundleCorrupt, WrongStudy):
        raise
    except (ValueError, RecursionError, TypeError) as error:
        raise _invalid(template("it is not readable YAML of the known shape")) from error


def _encoded(contents: YearsContents) -> dict[str, bytes]:
    state = {name: tensor.detach().cpu().contiguous() for name, tensor in contents.state.items()}
    files = {
        MODEL: safetensors.torch.save(state),
        YEARS: _FACTS.dump_json(contents.facts, indent=1) + b"\n",
        MEAN_PICTURE: safetensors.numpy.save({"mean_face": contents.mean_picture}),
    }
    return files if contents.ood is None else files | {OOD: encode_ood(contents.ood)}


def _decoded(files: Mapping[str, bytes]) -> YearsContents:
    name = MODEL
    try:
        state = safetensors.torch.load(files[MODEL])
        if not all(bool(torch.isfinite(tensor).all()) for tensor in state.values()):
            raise ValueError("a weight is no finite number")
        name = YEARS
        facts = _FACTS.validate_json(files[YEARS], strict=True)
        name = MEAN_PICTURE
        mean_picture = safetensors.numpy.load(files[MEAN_PICTURE])["mean_face"]
        if mean_picture.dtype != np.uint8 or mean_picture.ndim != 3:
            raise ValueError(f"{mean_picture.dtype} {mean_picture.shape}")
        name = OOD
        ood = decode_ood(files[OOD]) if OOD in files else None
    except BundleCorrupt:
        raise
    except (*UNREADABLE, ValidationError) as error:
        raise BundleCorrupt(
            "The bundle's file {file} does not hold what it should. Fetch the bundle again "
            "or rebuild it.",
            file=name,
        ) from error
    return YearsContents(state=state, facts=facts, mean_picture=mean_picture, ood=ood)


def _check_fit(bundle: YearsBundle) -> None:
    network, card = bundle.network, bundle.card
    if (
        card.input.shape != network.input_shape
        or bundle.mean_picture.shape != card.input.picture_shape
        or (bundle.ood is not None and bundle.ood.mean.size != network.cut_channels)
    ):
        raise BundleCorrupt(
            "The bundle's network, mean picture or reference is not of the input on its card. "
            "Fetch the bundle again or rebuild it."
        )


def _require(holds: bool, otherwise: str) -> None:
    if not holds:
        raise _invalid(otherwise)


def _invalid(why: str) -> BundleCorrupt:
    return BundleCorrupt(
        "The bundle's card.yaml is invalid: {reason}. Fetch the bundle again or rebuild it.",
        reason=why,
    )


_CARD: Final = TypeAdapter(YearsCard)
_FACTS: Final = TypeAdapter(YearsFacts)

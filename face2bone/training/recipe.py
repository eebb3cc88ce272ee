"""What a training run does, as one frozen value read from a TOML file.

Recipes that ship lie in ``recipes/``: ``demo`` draws its own patients and makes the bundle of
models/demo on two CPU cores, ``full`` trains the full-width network on a hospital's cohort. A
path to another TOML file works wherever a name does. docs/research/training.md explains every
entry.
"""

import json
import tomllib
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Final, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from face2bone.errors import Face2BoneError, TrainingError
from face2bone.invalid_value import fault
from face2bone.nn.architecture import Architecture
from face2bone.nn.registry import blueprint
from face2bone.words import message, template

Share = Annotated[float, Field(ge=0, le=1)]
Fraction = Annotated[float, Field(gt=0, lt=1)]
Weight = Annotated[float, Field(ge=0)]
Count = Annotated[int, Field(ge=1)]
FIRST_ARCHITECTURE: Final = "face2bone"  # of a recipe that names none
SPLITS: Final = ("train", "validation", "calibration", "test")


class _Section(BaseModel):
    model_config = ConfigDict(
        extra="forbid", frozen=True, arbitrary_types_allowed=True, allow_inf_nan=False
    )


class Augmentation(_Section):
    """Random changes of a training crop; each ``p`` is a probability in [0, 1].

    rotation: degrees to either side; scale: relative; shift: pixels of the 160 px crop;
    clahe_clip: contrast limit of CLAHE on 8 x 8 tiles; brightness: in grey levels;
    contrast: relative.
    """

    horizontal_flip_p: Share
    vertical_flip_p: Share
    affine_p: Share
    rotation: Weight
    scale: Share
    shift: Weight
    clahe_p: Share
    clahe_clip: Annotated[float, Field(gt=0)]
    brightness: Weight
    contrast: Share


class Optimisation(_Section):
    """Schedule and losses.

    learning_rate: peak of the one-cycle schedule (Smith 2018, arXiv 1803.09820), reached
    after ``warmup`` of all steps. class_weighting: 0 weighs every patient alike, 1 weighs
    classes by the inverse of their frequency. t_score_weight, region_weight: of the two
    auxiliary losses. patience: epochs without a better validation loss before stopping.
    gradient_clip: largest gradient norm. checkpoint_steps: steps between checkpoints.
    focal_gamma: how little patients count who are already classed right (``focal``); left out, all
    count alike.
    """

    epochs: Count
    batch_size: Count
    learning_rate: Annotated[float, Field(gt=0)]
    weight_decay: Weight
    warmup: Fraction
    label_smoothing: Share
    class_weighting: Share
    t_score_weight: Weight
    region_weight: Weight
    gradient_clip: Annotated[float, Field(gt=0)]
    patience: Count
    precision: Literal["32-true", "bf16-mixed"]
    checkpoint_steps: Count
    focal_gamma: Weight | None = None


class Backbone(_Section):
    """A trunk pretrained elsewhere: its weight file and the file's SHA-256.

    Of facenet-pytorch for Face2Bone, at width 1.0; of OpenCV's SFace for ``sface``. Mind the
    licence of the weights and of the photos they were trained on.
    frozen_epochs: how many epochs only what is new learns; the trunk below the cut is held still
    throughout, and what is above it learns from then on, at ``rate`` of the learning rate (1 where
    left out). Without frozen_epochs all learns alike.
    """

    weights: str
    sha256: Annotated[str, Field(pattern="^[0-9a-fA-F]{64}$")]
    frozen_epochs: Count | None = None
    rate: Annotated[float, Field(gt=0, le=1)] | None = None

    @model_validator(mode="after")
    def _rate_of_a_trunk_held_still(self) -> "Backbone":
        if self.rate is not None and self.frozen_epochs is None:
            raise ValueError("without frozen_epochs all learns alike, so leave rate out")
        return self


class DrawnCohort(_Section):
    """Cohorts a recipe draws for itself; ``seed`` and ``evaluation_seed`` are of cohorts."""

    patients: Count
    seed: int
    evaluation_patients: Count
    evaluation_seed: int


class Recipe(_Section):
    """A whole run; ``split`` gives shares of patients and sums to 1.

    ``architecture`` is a name of ``nn.registry``, and ``network`` its settings.
    """

    name: str
    split: dict[str, Fraction]
    architecture: str = FIRST_ARCHITECTURE
    network: dict[str, Any]
    augmentation: Augmentation
    training: Optimisation
    concepts: Count
    backbone: Backbone | None = None
    cohort: DrawnCohort | None = None

    @model_validator(mode="after")
    def _rate_is_of_some_epoch(self) -> "Recipe":
        trunk = self.backbone
        if trunk and trunk.rate and (trunk.frozen_epochs or 0) >= self.training.epochs:
            raise ValueError("backbone.rate is of no epoch: frozen_epochs is as many as there are")
        return self

    def network_config(self) -> Architecture:
        """The network's settings; raises ``SettingsError`` when one is out of range."""
        return blueprint(self.architecture).settings.from_dict(self.network)


def read_recipe(name_or_path: str | Path) -> Recipe:
    """Read a recipe that ships by its name, or any TOML file by its path.

    Raises ``TrainingError`` when there is none or an entry is missing, unknown or out of range.
    """
    text = _read_text(name_or_path)
    try:
        recipe = Recipe.model_validate(tomllib.loads(text))
        recipe.network_config()
    except tomllib.TOMLDecodeError as error:
        words = message("it is not valid TOML ({reason})", reason=str(error))
        raise _invalid(name_or_path, words) from error
    except ValidationError as error:
        raise _invalid(name_or_path, fault(error)) from error
    except (Face2BoneError, TypeError) as error:
        words = message("network: {reason}", reason=str(error))
        raise _invalid(name_or_path, words) from error
    _check_split(name_or_path, recipe)
    return recipe


def recipe_toml(recipe: Recipe, seed: int) -> str:
    """The recipe as TOML, with the seed of its run."""
    values = recipe.model_dump(exclude_none=True)
    if values["architecture"] == FIRST_ARCHITECTURE:  # as runs that began before there was a choice
        del values["architecture"]
    tables = {key: value for key, value in values.items() if isinstance(value, dict)}
    lines = [f"{k} = {json.dumps(v)}" for k, v in values.items() if k not in tables]
    for name, table in tables.items():
        lines += ["", f"[{name}]", *(f"{k} = {json.dumps(v)}" for k, v in table.items())]
    return "\n".join([f"seed = {seed}", *lines]) + "\n"


def shipped_recipes() -> tuple[str, ...]:
    """Names of the recipes that come with the package."""
    folder = files("face2bone.training") / "recipes"
    return tuple(sorted(f.name[:-5] for f in folder.iterdir() if f.name.endswith(".toml")))


def _read_text(name_or_path: str | Path) -> str:
    if str(name_or_path) in shipped_recipes():
        folder = files("face2bone.training") / "recipes"
        return (folder / f"{name_or_path}.toml").read_text("utf-8")
    try:
        return Path(name_or_path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise TrainingError(
            "There is no recipe {recipe}. Name one of {recipes}, or the path of a TOML file.",
            recipe=f"{Path(name_or_path).name!r}",
            recipes=tuple(shipped_recipes()),
        ) from error


def _check_split(name_or_path: str | Path, recipe: Recipe) -> None:
    missing = set(recipe.split) ^ set(SPLITS)
    if recipe.cohort is not None:
        missing -= {"test"}  # a drawn recipe tests on its own reserved cohort
    if missing:
        raise _invalid(name_or_path, message("split: expected the entries {sides}", sides=SPLITS))
    if abs(sum(recipe.split.values()) - 1.0) > 1e-6:
        raise _invalid(name_or_path, template("split: the shares do not sum to 1"))


def _invalid(name_or_path: str | Path, why: str) -> TrainingError:
    return TrainingError(
        "The recipe {recipe} is invalid: {reason}. Correct it and start again.",
        recipe=f"{Path(name_or_path).name!r}",
        reason=why,
    )

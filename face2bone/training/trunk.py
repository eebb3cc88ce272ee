"""The trunk a recipe starts from: where its file lies, and whether it is the one that is meant.

A run aligns photos for minutes or hours before it needs the trunk, so the file is read, compared
with its hash and tried on the network first.
"""

from pathlib import Path

from face2bone.errors import TrainingError
from face2bone.nn import BundleNetwork, Face2Bone
from face2bone.nn.registry import make_network
from face2bone.nn.sface import SFace, load_sface_weights
from face2bone.training.recipe import Recipe


def with_trunk(recipe: Recipe, trunk: Path | None) -> Recipe:
    """The recipe with the place of its trunk's weights, where they lie elsewhere than it says.

    Raises ``TrainingError`` for a recipe that starts from nothing.
    """
    if trunk is None:
        return recipe
    if recipe.backbone is None:
        raise TrainingError(
            "The recipe {recipe} starts from nothing. Leave out --trunk, or name a recipe "
            "that starts from a trunk, such as small-cohort.",
            recipe=f"{recipe.name!r}",
        )
    place = recipe.backbone.model_copy(update={"weights": str(trunk)})
    return recipe.model_copy(update={"backbone": place})


def check_trunk(recipe: Recipe) -> None:
    """Load the recipe's trunk, if it has one, into a network nobody keeps.

    Raises ``BundleMissing``, ``BundleCorrupt`` or ``TrainingError`` as ``load_trunk`` does.
    """
    if recipe.backbone is not None:
        load_trunk(make_network(recipe.architecture, recipe.network_config()), recipe)


def load_trunk(network: BundleNetwork, recipe: Recipe) -> None:
    """Put the weights of the recipe's trunk into its network.

    Raises ``BundleMissing`` without the file, ``BundleCorrupt`` for another file, and
    ``TrainingError`` where the network has no such trunk or cannot hold it still.
    """
    backbone = recipe.backbone
    if backbone is None:
        return
    weights = Path(backbone.weights)
    if isinstance(network, SFace):
        load_sface_weights(network.trunk, weights, backbone.sha256)
    elif isinstance(network, Face2Bone) and backbone.frozen_epochs is None:
        network.load_trunk(weights, backbone.sha256)
    else:
        raise TrainingError(
            "The recipe {recipe} names a trunk of another network, or wants one held still "
            "that cannot be. Leave it out.",
            recipe=f"{recipe.name!r}",
        )

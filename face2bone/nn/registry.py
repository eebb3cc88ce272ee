"""Networks by the names that studies call them: where another architecture moves in."""

from collections.abc import Callable, MutableMapping
from typing import Final

from face2bone.errors import SettingsError
from face2bone.nn.config import NetworkConfig
from face2bone.nn.face2bone import Face2Bone

Constructor = Callable[[NetworkConfig], Face2Bone]

NETWORKS: Final[MutableMapping[str, Constructor]] = {"face2bone": Face2Bone}
"""Name -> what makes an untrained network of it."""


def make_network(name: str, config: NetworkConfig) -> Face2Bone:
    """A new network, its weights drawn from torch's random state.

    Raises ``SettingsError`` for a name nobody registered.
    """
    if name not in NETWORKS:
        raise SettingsError(
            f"There is no network called {name!r}. Choose one of {', '.join(sorted(NETWORKS))}."
        )
    return NETWORKS[name](config)

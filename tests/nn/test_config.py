import json

import pytest

from face2bone.errors import SettingsError
from face2bone.nn.config import NetworkConfig


def test_values_survive_json() -> None:
    config = NetworkConfig(width=0.25, fsa="control", head="mlp", fsa_modes=20)
    assert NetworkConfig.from_dict(json.loads(json.dumps(config.to_dict()))) == config


def test_full_width_keeps_every_facenet_count() -> None:
    counts = (32, 64, 80, 128, 192, 256, 384, 512)
    assert tuple(map(NetworkConfig().channels, counts)) == counts


@pytest.mark.parametrize("width", [0.0625, 0.25, 0.375, 0.5])
def test_narrow_counts_are_multiples_of_eight_near_the_scaled_ones(width: float) -> None:
    channels = NetworkConfig(width=width).channels
    for full in range(8, 513, 8):
        count = channels(full)
        assert count % 8 == 0
        assert abs(count - full * width) <= 4 or count == 8


@pytest.mark.parametrize(
    "wrong",
    [
        {"width": 0.0},
        {"width": 1.5},
        {"width": float("nan")},
        {"dropout": 1.0},
        {"fsa": "maybe"},
        {"head": "tree"},
        {"embedding": 0},
        {"fsa_modes": 145},
        {"fsa_row_keep": 32},
        {"transformer_heads": 3},
        {"kan_grid": 0},
        {"kan_hidden": -1},
        {"transformer_layers": 10**9},
        {"embedding": 10**6},
    ],
)
def test_a_wrong_value_is_refused_by_name(wrong: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=next(iter(wrong))):
        NetworkConfig(**wrong)  # type: ignore[arg-type]


def test_an_unknown_entry_is_refused_by_name() -> None:
    with pytest.raises(SettingsError, match="depth"):
        NetworkConfig.from_dict({"width": 0.5, "depth": 3})

"""Infidelity and max-sensitivity against captum's, and networks whose weights are shuffled."""

import numpy as np
import pytest
import torch
from captum.metrics import infidelity as captum_infidelity

from face2bone.explain.coalitions import all_coalitions, shapley_values
from face2bone.nn import Face2Bone
from face2bone.nn.config import NetworkConfig
from research.faithfulness.robustness import NOISE, infidelity, max_sensitivity, noisy, shuffled

N = 10


def test_the_values_of_an_additive_game_tell_everything():
    worth = np.arange(10.0)
    assert infidelity(all_coalitions(N) @ worth, worth) == pytest.approx(0)


def test_attributing_nothing_is_one_and_a_flat_game_is_exact(table):
    assert infidelity(table, np.zeros(10)) == pytest.approx(1)
    assert infidelity(np.full(1024, 7.0), np.zeros(10)) == 0


def test_infidelity_is_captums_over_all_coalitions(table):
    phi = shapley_values(table[:, None], N)[:, 0]
    place = torch.from_numpy(1 << np.arange(N))
    values = torch.from_numpy(table)
    hidden = torch.from_numpy(~all_coalitions(N)).double()

    def forward(seen):
        return values[(seen.round().long() * place).sum(dim=1)]

    def hide(seen):
        return hidden, seen - hidden

    found = captum_infidelity(
        forward, hide, torch.ones(1, N).double(), torch.from_numpy(phi)[None],
        n_perturb_samples=1024,
    )  # fmt: skip
    scale = np.mean((table[-1] - table) ** 2)
    assert infidelity(table, phi) * scale == pytest.approx(float(found[0]))


def test_noise_is_small_and_inside_the_face(face):
    moved = noisy(face, np.random.default_rng(0))
    change = np.abs(moved.pixels.astype(int) - face.pixels)
    assert change.max() == NOISE
    assert change[~face.mask].max() == 0
    assert moved.part_map is face.part_map


def test_max_sensitivity_is_the_worst_relative_change(face):
    values = np.array([3.0, 4.0] + [0.0] * 8)

    answers = iter([values, values + np.eye(10)[0] * 0.5, values - np.eye(10)[2]])
    found = max_sensitivity(lambda _: next(answers), [face] * 3, values)
    assert found == pytest.approx(1 / 5)


def test_shuffled_weights_are_the_same_numbers_in_other_places():
    torch.manual_seed(0)
    network = Face2Bone(NetworkConfig(width=0.0625)).eval()
    before = {name: p.clone() for name, p in network.named_parameters()}
    other = shuffled(network, seed=1)
    again = dict(shuffled(network, seed=1).named_parameters())
    changed = 0
    for name, p in other.named_parameters():
        assert torch.equal(p, again[name])
        assert torch.equal(p.flatten().sort().values, before[name].flatten().sort().values)
        changed += not torch.equal(p, before[name])
        assert p.dim() > 1 or torch.equal(p, before[name])
    assert changed > 50
    assert all(torch.equal(p, before[name]) for name, p in network.named_parameters())
    with torch.no_grad():
        assert torch.isfinite(other(torch.zeros(2, 3, 160, 160))).all()

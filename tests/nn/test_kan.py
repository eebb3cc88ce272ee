import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.interpolate import BSpline

from face2bone.nn.kan import KAN, Bounded, KANLinear, b_splines


def layer(n_in: int = 5, n_out: int = 3, grid: int = 5, order: int = 3) -> KANLinear:
    torch.manual_seed(6)
    return KANLinear(n_in, n_out, grid, order)


def scipy_bases(x: np.ndarray, knots: np.ndarray, order: int) -> np.ndarray:
    count = len(knots) - order - 1
    bases = [
        BSpline.basis_element(knots[m : m + order + 2], extrapolate=False) for m in range(count)
    ]
    return np.nan_to_num(np.stack([basis(x) for basis in bases], -1))


@settings(max_examples=40)
@given(
    grid=st.integers(1, 8),
    order=st.integers(1, 4),
    x=st.lists(st.floats(-2.5, 2.5), min_size=1, max_size=20),
)
def test_bases_equal_scipys(grid: int, order: int, x: list[float]) -> None:
    knots = (torch.arange(-order, grid + order + 1) * (2 / grid) - 1).double()
    points = torch.tensor(x, dtype=torch.float64)
    # A basis of scipy is closed at its last knot, a half-open one is not: order 1 and up agree.
    found = b_splines(points[:, None], knots[None], order)[:, 0]
    np.testing.assert_allclose(found, scipy_bases(points.numpy(), knots.numpy(), order), atol=1e-12)


def test_bases_sum_to_one_on_the_grid_and_fade_outside() -> None:
    grid = layer(1).grid
    inside = torch.linspace(-1, 1, 101)[:, None]
    torch.testing.assert_close(b_splines(inside, grid, 3).sum(-1), torch.ones(101, 1))
    outside = torch.tensor([1.4, -1.4, 1.8, -1.8, 2.21, -2.21])[:, None]
    sums = b_splines(outside, grid, 3).sum(-1).flatten()
    torch.testing.assert_close(
        sums, torch.tensor([5 / 6, 5 / 6, 1 / 6, 1 / 6, 0, 0]), rtol=0, atol=1e-5
    )


def test_names_and_shapes_are_efficient_kans() -> None:
    shapes = {name: tuple(value.shape) for name, value in layer(5, 3).state_dict().items()}
    assert shapes == {
        "base_weight": (3, 5),
        "spline_weight": (3, 5, 8),
        "spline_scaler": (3, 5),
        "grid": (5, 12),
    }
    assert sum(p.numel() for p in layer(512, 3).parameters()) == 15_360


def test_a_stored_state_gives_the_published_formulas_output() -> None:
    rng = np.random.default_rng(7)
    knots = np.stack([np.sort(rng.normal(size=12)) * scale for scale in (1, 2, 3, 1, 2)])
    state = {
        "base_weight": rng.normal(size=(3, 5)),
        "spline_weight": rng.normal(size=(3, 5, 8)),
        "spline_scaler": rng.normal(size=(3, 5)),
        "grid": knots,
    }
    module = layer(5, 3).double()
    module.load_state_dict({name: torch.from_numpy(value) for name, value in state.items()})
    x = rng.uniform(-1.5, 1.5, (20, 5))
    expected = np.zeros((20, 3))
    for i in range(5):
        silu = x[:, i] / (1 + np.exp(-x[:, i]))
        bases = scipy_bases(x[:, i], knots[i], 3)
        for o in range(3):
            spline = bases @ state["spline_weight"][o, i]
            expected[:, o] += state["base_weight"][o, i] * silu
            expected[:, o] += state["spline_scaler"][o, i] * spline
    found = module(torch.from_numpy(x)).detach().numpy()
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-9)


def test_gradients_are_right() -> None:
    module = layer(3, 2).double()
    x = (torch.rand(4, 3, dtype=torch.float64) * 1.8 - 0.9).requires_grad_()
    values = tuple(module.parameters())

    def output(x: torch.Tensor, *_: torch.Tensor) -> torch.Tensor:
        return module(x)

    assert torch.autograd.gradcheck(output, (x, *values))


@settings(max_examples=30)
@given(scale=st.floats(1e-3, 1e6), shift=st.floats(-1e3, 1e3))
def test_bounded_inputs_never_leave_the_grid(scale: float, shift: float) -> None:
    x = torch.randn(4, 16, generator=torch.Generator().manual_seed(1)) * scale + shift
    bounded = Bounded(16)(x)
    assert bounded.abs().max() <= 1
    assert (b_splines(bounded, layer(16).grid, 3).sum(-1) > 0.999).all()


@pytest.mark.parametrize("x", [torch.zeros(2, 16), torch.full((2, 16), 7.0)])
def test_constant_features_give_finite_outputs(x: torch.Tensor) -> None:
    kan = KAN((16, 4, 3), 5, 3)
    logits = kan(Bounded(16)(x))
    logits.sum().backward()
    assert torch.isfinite(logits).all()
    assert all(torch.isfinite(p.grad).all() for p in kan.parameters())


def test_a_new_layer_is_close_to_its_base() -> None:
    module = layer(64, 8)
    x = torch.rand(32, 64) * 2 - 1
    base = torch.nn.functional.silu(x) @ module.base_weight.T
    assert (module(x) - base).std() < 0.1 * base.std()


def test_it_learns_a_curve_no_linear_layer_can() -> None:
    torch.manual_seed(8)
    kan, x = KAN((1, 1), 8, 3), torch.linspace(-1, 1, 200)[:, None]
    target = torch.sin(3 * x).abs()
    optimiser = torch.optim.Adam(kan.parameters(), lr=0.05)
    for _ in range(200):
        loss = (kan(x) - target).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()
    assert loss < 0.02 * target.var()


def test_one_layer_adds_up_its_inputs_shares_and_hidden_units_do_not() -> None:
    torch.manual_seed(9)
    a, b = torch.rand(2, 6, 5)
    mixed = torch.cat((a[:, :2], b[:, 2:]), 1), torch.cat((b[:, :2], a[:, 2:]), 1)
    for sizes, additive in (((5, 3), True), ((5, 4, 3), False)):
        kan = KAN(sizes, 5, 3)
        rest = kan(a) + kan(b) - kan(mixed[0]) - kan(mixed[1])
        assert (rest.abs().max() < 1e-5).item() is additive


def test_autocast_changes_nothing() -> None:
    kan, x = KAN((16, 4, 3), 5, 3), torch.rand(4, 16)
    with torch.autocast("cpu", torch.bfloat16):
        found = kan(x)
    torch.testing.assert_close(found, kan(x), rtol=0, atol=0)

import pytest
import torch
from torch import Tensor

from face2bone.nn.fsa import FrequencySparseAttention, HalfSpectrum, half_modes, mode_radii

KEEP = 12


@pytest.fixture
def block() -> FrequencySparseAttention:
    torch.manual_seed(1)
    return FrequencySparseAttention(24, 17, inner=8, keep=KEEP, dim=16, heads=4, row_keep=4)


@pytest.fixture
def opened(block: FrequencySparseAttention) -> FrequencySparseAttention:
    torch.nn.init.ones_(block.gain)
    return block


def parts(block: FrequencySparseAttention, x: Tensor) -> tuple[Tensor, Tensor]:
    rows = x.flatten(2).transpose(1, 2)
    real, imaginary = block.spectrum(block.project_in(block.norm(rows)).transpose(1, 2))
    return real, imaginary


def test_it_starts_as_the_identity_and_its_gain_learns(block: FrequencySparseAttention) -> None:
    x = torch.randn(2, 24, 17, 17)
    y = block(x)
    torch.testing.assert_close(y, x, rtol=0, atol=0)
    y.square().sum().backward()
    assert block.gain.grad is not None
    assert block.gain.grad.abs().min() > 0


def test_every_parameter_learns_once_the_gain_is_open(opened: FrequencySparseAttention) -> None:
    opened(torch.randn(4, 24, 17, 17)).pow(3).sum().backward()
    for name, parameter in opened.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.abs().max() > 0, name


def test_it_keeps_the_best_modes_and_weighs_them_by_their_lead(
    block: FrequencySparseAttention,
) -> None:
    real, imaginary = parts(block, torch.randn(3, 24, 17, 17))
    index, weight = block.select(real, imaginary)
    energy = (real**2 + imaginary**2).mean(1)
    scores = torch.log(energy / energy.mean(1, keepdim=True)) + block.prior + block.offsets
    order = scores.argsort(1, descending=True)
    torch.testing.assert_close(index, order[:, :KEEP])
    left_out = scores.gather(1, order[:, KEEP : KEEP + 1])
    torch.testing.assert_close(
        weight, 1 - torch.exp(left_out - scores.gather(1, index)), rtol=1e-3, atol=1e-4
    )
    assert ((weight >= 0) & (weight < 1)).all()


def test_only_kept_modes_change(opened: FrequencySparseAttention) -> None:
    x = torch.randn(2, 24, 17, 17)
    index, _ = opened.select(*parts(opened, x))
    real, imaginary = opened.spectrum((opened(x) - x).flatten(2))
    change = torch.hypot(real, imaginary).amax(1)
    untouched = torch.ones_like(change, dtype=torch.bool).scatter(1, index, False)
    untouched[:, 0] = False  # the output's bias is a constant
    assert change[untouched].max() < 1e-5
    assert change.gather(1, index).amax(1).min() > 1e-3


def test_moving_the_map_round_moves_no_choice(block: FrequencySparseAttention) -> None:
    x = torch.randn(2, 24, 17, 17)
    moved = torch.roll(x, (5, -3), (2, 3))
    first, second = (block.select(*parts(block, each)) for each in (x, moved))
    torch.testing.assert_close(first[0], second[0])
    torch.testing.assert_close(first[1], second[1], rtol=0, atol=1e-4)


def test_a_tie_at_the_limit_changes_nothing(opened: FrequencySparseAttention) -> None:
    # Bring the best mode left out level with the worst kept, then let each win by a hair.
    x = torch.randn(1, 24, 17, 17)
    real, imaginary = parts(opened, x)
    energy = (real**2 + imaginary**2).mean(1)
    level = torch.log(energy / energy.mean(1, keepdim=True))
    scores = (level + opened.prior + opened.offsets).detach()
    order = scores[0].argsort(descending=True)
    inside, outside = int(order[KEEP - 1]), int(order[KEEP])
    gap = float(scores[0, inside] - scores[0, outside])
    outputs, chosen = [], []
    for hair in (-1e-5, 1e-5):
        with torch.no_grad():
            opened.prior[outside] += gap + hair
            outputs.append(opened(x))
            chosen.append(set(opened.select(real, imaginary)[0][0].tolist()))
            opened.prior[outside] -= gap + hair
    assert chosen[0] - chosen[1] == {inside}
    torch.testing.assert_close(outputs[0], outputs[1], rtol=0, atol=1e-4)


def test_a_flat_map_falls_to_the_lowest_frequencies(opened: FrequencySparseAttention) -> None:
    x = torch.full((2, 24, 17, 17), 0.3)
    index, _ = opened.select(torch.zeros(2, 8, 145), torch.zeros(2, 8, 145))
    assert index[0].tolist() == list(range(KEEP))
    assert torch.isfinite(opened(x)).all()


def test_it_stays_in_float32_under_autocast(opened: FrequencySparseAttention) -> None:
    x = torch.randn(1, 24, 17, 17)
    with torch.autocast("cpu", torch.bfloat16):
        y = opened(x)
    assert y.dtype == torch.float32
    torch.testing.assert_close(y, opened(x), rtol=0, atol=0)


SIZES = [(17, 17), (8, 8), (5, 6), (6, 5), (1, 1), (1, 4)]


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_modes_hold_one_of_every_conjugate_pair(height: int, width: int) -> None:
    modes = half_modes(height, width)
    conjugates = [((-u) % height, (-v) % width) for u, v in modes]
    assert len(set(modes)) == len(modes)
    assert set(modes) | set(conjugates) == {(u, v) for u in range(height) for v in range(width)}
    both = set(modes) & set(conjugates)
    assert all((2 * u) % height == 0 and (2 * v) % width == 0 for u, v in both)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_it_equals_torchs_fft(height: int, width: int) -> None:
    x = torch.randn(2, 3, height, width)
    u, v = torch.tensor(half_modes(height, width)).T
    expected = torch.fft.fft2(x, norm="ortho")[..., u, v]
    real, imaginary = HalfSpectrum(height, width)(x.flatten(2))
    torch.testing.assert_close(real, expected.real, rtol=0, atol=3e-6)
    torch.testing.assert_close(imaginary, expected.imag, rtol=0, atol=3e-6)


@pytest.mark.parametrize(("height", "width"), SIZES)
def test_the_inverse_gives_the_map_back(height: int, width: int) -> None:
    spectrum = HalfSpectrum(height, width)
    x = torch.randn(2, 3, height * width)
    torch.testing.assert_close(spectrum.inverse(*spectrum(x)), x, rtol=0, atol=5e-6)


def test_the_inverse_of_any_parts_is_irffts() -> None:
    # Parts that no real map has: the imaginary part of own-conjugate modes must be ignored.
    height, width = 6, 8
    modes = half_modes(height, width)
    real, imaginary = torch.randn(len(modes)), torch.randn(len(modes))
    full = torch.zeros(height, width, dtype=torch.complex64)
    for (u, v), value in zip(modes, torch.complex(real, imaginary), strict=True):
        twin = ((-u) % height, (-v) % width)
        full[twin] = value.conj()
        full[u, v] = value.real if twin == (u, v) else value
    expected = torch.fft.ifft2(full, norm="ortho").real.flatten()
    found = HalfSpectrum(height, width).inverse(real, imaginary)
    torch.testing.assert_close(found, expected, rtol=0, atol=2e-6)


def test_energy_is_kept() -> None:
    spectrum = HalfSpectrum(17, 17)
    x = torch.randn(4, 289)
    real, imaginary = spectrum(x)
    energy = (spectrum.copies * (real.square() + imaginary.square())).sum(1)
    torch.testing.assert_close(energy, x.square().sum(1), rtol=1e-5, atol=0)


def test_a_pure_wave_fills_one_mode() -> None:
    u, v = 3, 5
    i, j = torch.meshgrid(torch.arange(17.0), torch.arange(17.0), indexing="ij")
    wave = torch.cos(2 * torch.pi * (u * i + v * j) / 17).flatten()
    real, imaginary = HalfSpectrum(17, 17)(wave)
    assert half_modes(17, 17)[int(real.argmax())] in {(u, v), (17 - u, 17 - v)}
    assert real.max().item() == pytest.approx(17 / 2, abs=1e-4)
    assert torch.hypot(real, imaginary).sort().values[-2] < 1e-4


def test_radii_rise_from_zero() -> None:
    radii = mode_radii(17, 17)
    assert radii.shape == (145,)
    assert radii[0] == 0
    assert (radii.diff() >= 0).all()


def test_constants_stay_out_of_the_state_dict() -> None:
    assert not HalfSpectrum(17, 17).state_dict()

import pytest
import torch

from face2bone.nn.spectrum import HalfSpectrum, half_modes, mode_radii

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

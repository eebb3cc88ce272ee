"""From a film to its knees: crop, parts, verdict, what is told of them, one sentence for none."""

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from face2bone.drawn.film.film import DrawnFilm
from face2bone.drawn.film.patients import FilmPatient, draw_film_patient
from face2bone.drawn.film.write import dicom_bytes, png_bytes
from face2bone.drawn.knee import KNEE
from face2bone.drawn.knee.pair import draw_both_knees
from face2bone.drawn.worlds import World
from face2bone.errors import SubjectNotFound
from face2bone.modalities.knee.alignment import KNEE_INPUT, align_knee, warped
from face2bone.modalities.knee.cortex import CorticalIndex
from face2bone.modalities.knee.finding import UNLIKE, Knee, cortex_measures, find_knees
from face2bone.modalities.knee.modality import KNEE_FILM
from face2bone.modalities.knee.parts import KNEE_PARTS
from face2bone.modalities.knee.quality import LIKENESS_WARN, judge_knee
from face2bone.modalities.radiograph import Radiograph, read_radiograph


def png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, format="PNG")
    return buffer.getvalue()


@pytest.fixture(scope="module")
def knees(films: tuple[Radiograph, ...]) -> tuple[Knee, ...]:
    return tuple(find_knees(film)[0] for film in films)


def true_parts(drawn: DrawnFilm, knee: Knee) -> np.ndarray:
    """The drawn film's own part map at the crop's pixels."""
    inverse = np.linalg.inv(np.vstack([knee.aligned.transform, [0, 0, 1]]))
    y, x = np.mgrid[: KNEE_INPUT.height, : KNEE_INPUT.width]
    column, row, _ = np.rint(inverse @ np.stack([x.ravel(), y.ravel(), np.ones(x.size)])).astype(
        int
    )
    height, width = drawn.part_map.shape
    inside = (row >= 0) & (row < height) & (column >= 0) & (column < width)
    found = np.full(x.size, -1)
    found[inside] = drawn.part_map[row[inside], column[inside]]
    return found.reshape(x.shape)


@pytest.mark.slow
def test_the_atlas_lays_most_pixels_of_bone_in_their_own_part(
    patients: tuple[FilmPatient, ...], knees: tuple[Knee, ...]
) -> None:
    soft = len(KNEE_PARTS) - 1
    shares = []
    for patient, knee in zip(patients, knees, strict=True):
        truth = true_parts(KNEE.draw(patient), knee)
        bone = (truth >= 0) & (truth != soft)
        shares.append((knee.aligned.part_map == truth)[bone].mean())
    assert np.mean(shares) > 0.85


@pytest.mark.slow
def test_the_lateral_side_is_seen_by_the_fibula(
    patients: tuple[FilmPatient, ...], knees: tuple[Knee, ...]
) -> None:
    right = [
        knee.lateral == ("right" if patient.side == "left" else "left")
        for patient, knee in zip(patients, knees, strict=True)
    ]
    assert np.mean(right) > 0.9
    assert {knee.known_by for knee in knees} == {"looks"}


def test_a_file_that_names_the_side_is_followed(patients: tuple[FilmPatient, ...]) -> None:
    patient = patients[0]
    data = dicom_bytes(KNEE, patient, KNEE.draw(patient))
    (knee,) = KNEE_FILM.prepare(KNEE_FILM.read(data))
    assert knee.known_by == "file"
    assert knee.lateral == ("right" if patient.side == "left" else "left")


def test_of_two_knees_the_lateral_sides_lie_outside(patients: tuple[FilmPatient, ...]) -> None:
    film = read_radiograph(png(draw_both_knees(patients[1]).pixels(8)))
    by_place = sorted(find_knees(film), key=lambda knee: knee.found.x)
    assert [knee.lateral for knee in by_place] == ["left", "right"]
    assert {knee.of for knee in by_place} == {2}
    for knee, side in zip(by_place, ("left", "right"), strict=True):
        says = f"The film shows two knees. This is the one on the {side} of the film."
        assert says in knee.quality.reasons


def test_of_one_knee_nothing_is_said_of_another(knees: tuple[Knee, ...]) -> None:
    assert not any("two knees" in reason for knee in knees for reason in knee.quality.reasons)


def test_what_no_part_covers_is_filled(knees: tuple[Knee, ...]) -> None:
    for knee in knees:
        aligned = knee.aligned
        assert aligned.pixels.shape == KNEE_INPUT.picture_shape
        assert (aligned.pixels[~aligned.mask] == KNEE_INPUT.mask_value).all()
        assert ((aligned.part_map >= 0) == aligned.mask).all()
        assert aligned.pixels[aligned.mask].std() > 20


def test_a_knee_that_is_half_beyond_the_film_says_so(films: tuple[Radiograph, ...]) -> None:
    place = find_knees(films[1])[0].found
    cut = replace(films[1], pixels=films[1].pixels[: round(place.y + 20)])
    verdict = judge_knee(cut, place, None)
    assert verdict.status == "warn"
    assert "beyond the film's edge" in verdict.reasons[0]


def test_an_even_or_small_film_is_rejected_with_its_reason(films: tuple[Radiograph, ...]) -> None:
    place = find_knees(films[1])[0].found
    even = judge_knee(replace(films[1], pixels=0.01 * films[1].pixels), place, None)
    assert even.status == "reject"
    assert "wider window" in even.rejecting[0]
    small = judge_knee(films[1], replace(place, width=60.0), None)
    assert any("small on this film" in reason for reason in small.rejecting)


def test_brightness_of_the_film_hardly_changes_the_crop(films: tuple[Radiograph, ...]) -> None:
    (knee,) = find_knees(films[2])
    darker = align_knee(0.6 * films[2].pixels + 0.05, knee.found, knee.lateral)
    difference = darker.pixels.astype(int) - knee.aligned.pixels
    assert np.abs(difference).max() <= 2


def test_beyond_the_film_there_is_nothing(films: tuple[Radiograph, ...]) -> None:
    (knee,) = find_knees(films[3])
    outside = np.isnan(warped(films[3].pixels, knee.found))
    assert not knee.aligned.mask[outside].any()


def test_a_film_without_a_knee_is_refused_in_one_sentence() -> None:
    noise = np.random.default_rng(4).integers(0, 255, (400, 300)).astype(np.uint8)
    with pytest.raises(SubjectNotFound, match="No knee was found on the film"):
        KNEE_FILM.prepare(read_radiograph(png(noise)))


def one_knee(seed: int) -> tuple[FilmPatient, DrawnFilm]:
    patient = draw_film_patient(KNEE.model, seed, World.PLANTED)
    return patient, KNEE.draw(patient)


@pytest.mark.parametrize("seed", [900_771, 900_774])
def test_the_file_says_which_knee_it_is(seed: int) -> None:
    patient, film = one_knee(seed)
    (knee,) = find_knees(read_radiograph(dicom_bytes(KNEE, patient, film)))
    assert knee.told[0] == f"{patient.side.capitalize()} knee, as the file says."


def test_of_two_knees_the_place_says_which_is_which() -> None:
    patient, _ = one_knee(900_771)
    knees = find_knees(read_radiograph(png_bytes(draw_both_knees(patient))))
    on_the_left, on_the_right = sorted(knees, key=lambda knee: knee.found.x)
    assert on_the_left.told[0].startswith("Right knee, by its place")
    assert on_the_right.told[0].startswith("Left knee, by its place")


def test_a_picture_only_lets_guess() -> None:
    (knee,) = find_knees(read_radiograph(png_bytes(one_knee(900_771)[1])))
    assert knee.told[0].startswith("Probably a ")


def test_cortical_indices_are_told_as_measured_and_in_mm_with_spacing_only() -> None:
    with_mm = CorticalIndex("femur", 0.31, 9, 4.66, 30.04)
    femur, tibia = cortex_measures((with_mm,), 0.8)
    assert (femur.value, femur.unit) == (0.31, "ratio")
    assert femur.detail == "Walls of 4.7 mm on average, shaft of 30.0 mm, by the file's spacing."
    assert "not a T-score" in femur.meaning
    assert tibia.value is None
    assert "could not be measured" in tibia.why_not
    assert cortex_measures((CorticalIndex("tibia", 0.2, 5, None, None),), 0.8)[1].detail == ""


def test_of_what_is_hardly_a_knee_no_index_is_told() -> None:
    found = (CorticalIndex("femur", 0.2, 5, None, None), CorticalIndex("tibia", 0.2, 5, None, None))
    for likeness, values in ((LIKENESS_WARN, [0.2, 0.2]), (LIKENESS_WARN - 0.01, [None, None])):
        told = cortex_measures(found, likeness)
        assert [one.value for one in told] == values
    assert {one.why_not for one in told} == {UNLIKE}

"""Lost zeros are seen where the same number stands elsewhere with them, and nowhere else."""

import pandas as pd
import pytest

from face2bone.tabular.leading_zeros import differ_in_zeros, without_zeros, zeros_remarks


@pytest.mark.parametrize(
    ("patient", "bare"),
    [("00412", "412"), ("412", "412"), ("000", "0"), ("P-007", "P-007"), ("0a", "0a"), ("", "")],
)
def test_only_numbers_have_leading_zeros(patient: str, bare: str) -> None:
    assert without_zeros(patient) == bare


def test_another_spelling_of_the_number_is_found() -> None:
    assert differ_in_zeros("412", "00412")
    assert not any(differ_in_zeros("412", other) for other in ("7", "412", "P-412"))


def remarks(patients: list[str], photos: list[str]) -> tuple[str, ...]:
    return zeros_remarks(pd.DataFrame({"patient_id": patients, "photo": photos}))


def test_two_people_who_differ_in_zeros_are_remarked() -> None:
    (said,) = remarks(["7", "007", "7", "8"], ["a.jpg", "b.jpg", "c.jpg", "d.jpg"])
    assert "7 and 007" in said
    assert said.count("007") == 1


def test_a_photo_that_bears_the_zeros_is_remarked_with_a_few_examples() -> None:
    patients = [str(n) for n in range(1, 9)]
    (said,) = remarks(patients, [f"photos/{n:>05}.jpg" for n in patients])
    assert "1 with photo 00001" in said
    assert "and 5 more" in said


def test_what_says_nothing_of_zeros_is_not_remarked() -> None:
    assert remarks(["7", "12", "P-1"], ["7.jpg", "photo12.jpg", "0001.jpg"]) == ()

"""What is said and written of an apparent age: years with their limits, and nothing of health."""

from dataclasses import replace

import numpy as np
import pytest

from face2bone.apparent_age import (
    NO_REFERENCE,
    NOT_CALIBRATED,
    WHAT_IT_IS_NOT,
    AgeExplanation,
)
from face2bone.explain.coalitions import all_coalitions
from face2bone.explain.shapley import RegionAttribution
from face2bone.modalities.face import FACE_PARTS
from face2bone.report.apparent_age import (
    NO_GAP,
    UNLIKE,
    age_part,
    answer_words,
    gap_words,
    headline,
    limits,
    summary,
)
from tests.report.apparent_ages import AGE, OUTSIDE


def game(values: np.ndarray, baseline: str) -> RegionAttribution:
    table = 40 + all_coalitions(len(FACE_PARTS)) @ values
    return RegionAttribution(table[:, None], baseline, FACE_PARTS)


def explained(second: np.ndarray) -> AgeExplanation:
    first = np.linspace(3, -1, len(FACE_PARTS))
    return AgeExplanation((game(first, "blur"), game(second, "inpaint")))


def test_years_are_whole_and_the_interval_says_what_it_promises() -> None:
    assert headline(age_part(AGE)) == "about 52 years (90% interval 41 to 64)"
    loose = replace(AGE, is_calibrated=False)
    assert (
        headline(age_part(loose))
        == "about 52 years (the network's own spread 41 to 64, not calibrated)"
    )
    assert NOT_CALIBRATED in limits(loose)
    assert NOT_CALIBRATED not in limits(AGE)


def test_limits_name_the_error_of_the_band_and_what_cannot_be_said() -> None:
    assert limits(AGE) == (
        "Among 120 people aged 40 to 60 the mean error was 5.5 years (120 toy people).",
        "A toy.",
    )
    unknown = replace(AGE, years=70.0, out_of_domain=None)
    assert limits(unknown) == ("120 toy people", NO_REFERENCE, "A toy.")
    outside = replace(AGE, out_of_domain=OUTSIDE)
    assert "must not be used" in limits(outside)[0]


def test_the_document_holds_years_by_name_and_the_parts_that_hold() -> None:
    part = age_part(AGE, explained(np.linspace(2.5, -1.2, len(FACE_PARTS))))
    assert (part.years, part.median) == (52.3, 51.9)
    assert part.interval.model_dump() == {
        "low": 41.2,
        "high": 63.8,
        "level": 0.9,
        "calibrated": True,
        "people": 500,
    }
    assert part.gap is not None
    assert part.gap.years == 4.4
    assert part.out_of_domain is False
    assert [regions.baseline for regions in part.regions] == ["blur", "inpaint"]
    first = part.regions[0]
    assert first.base + sum(first.values.values()) == pytest.approx(first.full, abs=0.05)
    assert WHAT_IT_IS_NOT in part.limits


def test_parts_that_fail_their_check_are_withheld_with_the_reason() -> None:
    contrary = explained(np.linspace(-1, 3, len(FACE_PARTS)))
    part = age_part(AGE, contrary)
    assert part.regions == []
    assert "rank the regions differently" in part.regions_withheld
    assert "withheld" in summary(AGE, contrary)


def test_the_summary_says_gap_parts_and_limits() -> None:
    text = summary(AGE, explained(np.linspace(2.5, -1.2, len(FACE_PARTS))))
    assert "Age gap: +4 years (-7 to +16) against how old others of the same age and sex" in text
    assert f"{FACE_PARTS[0].label} +3.0" in text
    assert WHAT_IT_IS_NOT in text
    bare = age_part(replace(AGE, gap=None, out_of_domain=None))
    assert bare.gap is None
    assert bare.out_of_domain is None
    assert "gap" not in summary(replace(AGE, gap=None))


def test_what_report_and_records_say_names_model_years_and_gap_or_why_there_is_none() -> None:
    said = age_part(AGE)
    assert answer_words(said) == (
        "How old the face looks to toy 1.0.0: about 52 years (90% interval 41 to 64)."
    )
    assert gap_words(said).startswith("Age gap: +4 years (-7 to +16) against")
    assert gap_words(age_part(replace(AGE, gap=None))) == NO_GAP
    outside = age_part(replace(AGE, out_of_domain=OUTSIDE))
    assert (answer_words(outside), gap_words(outside)) == (UNLIKE, "")
    assert "52" not in summary(replace(AGE, out_of_domain=OUTSIDE))

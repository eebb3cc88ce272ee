from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

from face2bone.bone import BoneClass
from face2bone.clinical.base_rates import BaseRate, BaseRates, load_base_rates, own_rate, what_if
from face2bone.errors import PatientError
from face2bone.patient import Patient, Sex

COHORT = (0.30, 0.42, 0.28)


def woman(age: float) -> Patient:
    return Patient(age, Sex.FEMALE, 158, 52)


def test_every_rate_names_its_source_and_leaves_room_for_normal() -> None:
    table = load_base_rates()
    for key, rate in table.rates.items():
        normal, low, ill = rate.shares(COHORT)
        assert min(normal, low, ill) >= 0, key
        assert normal + low + ill == pytest.approx(1.0), key
        assert rate.country, key
        assert table.sources[rate.source].year >= 2014


@pytest.mark.parametrize(
    ("key", "shares"),
    [
        ("china_40", (46.5, 40.9, 12.6)),
        ("china_40_women", (39.1, 40.0, 20.9)),
        ("china_40_men", (53.9, 41.7, 4.4)),
        ("china_50", (34.4, 46.4, 19.2)),
        ("china_50_women", (22.0, 45.9, 32.1)),
        ("china_50_men", (46.2, 46.9, 6.9)),
        ("beijing_postmenopausal", (29.98, 47.36, 22.66)),
        ("ningbo_visitors", (13.35, 47.06, 39.59)),
        ("us_50", (44.3, 43.1, 12.6)),
        ("us_50_women", (28.9, 51.5, 19.6)),
        ("us_50_men", (62.1, 33.5, 4.4)),
        ("us_women_50s", (43.9, 49.3, 6.8)),
        ("us_women_60s", (34.3, 53.4, 12.3)),
        ("us_women_70s", (22.5, 51.8, 25.7)),
        ("us_women_80", (12.4, 52.7, 34.9)),
        ("us_men_50s", (66.1, 30.6, 3.3)),
        ("us_men_60s", (63.9, 32.8, 3.3)),
        ("us_men_70s", (53.4, 41.7, 4.9)),
        ("us_men_80", (35.7, 53.3, 11.0)),
    ],
)
def test_the_three_shares_of_the_fact_sheet(key: str, shares: tuple[float, ...]) -> None:
    found = load_base_rates().rates[key].shares(COHORT)
    assert found == pytest.approx(np.array(shares) / 100, abs=1e-9)


def test_without_low_bone_mass_the_rest_is_split_as_in_the_cohort() -> None:
    normal, low, ill = BaseRate(setting="x", osteoporosis=20).shares((0.2, 0.6, 0.2))
    assert (normal, low, ill) == pytest.approx((0.2, 0.6, 0.2))
    normal, low, ill = BaseRate(setting="x", osteoporosis=60).shares((0.2, 0.6, 0.2))
    assert low / normal == pytest.approx(3.0)
    assert ill == pytest.approx(0.6)


def test_a_patient_is_offered_the_populations_they_belong_to() -> None:
    table = load_base_rates()
    of_67 = table.fitting(woman(67.9))
    assert "us_women_60s" in of_67
    assert "china_65" in of_67
    assert "us_women_70s" not in of_67
    assert not any(rate.sex is Sex.MALE for rate in of_67.values())
    assert "china_postmenopausal_40s" in table.fitting(woman(49.9))
    assert table.fitting(woman(30)) == {}


def test_what_if_is_the_published_vector() -> None:
    uniform = (1 / 3, 1 / 3, 1 / 3)
    rate = load_base_rates().rates["china_50_women"]
    found = what_if((0.1, 0.3, 0.6), uniform, rate, operating_point=(0.93, 0.95))
    assert found.probabilities == pytest.approx((0.0624, 0.3909, 0.5467), abs=5e-5)
    assert found.per_hundred == 55
    assert found.base_rates[BoneClass.OSTEOPOROSIS] == pytest.approx(0.321)
    assert found.predictive is not None
    assert found.predictive.positive == pytest.approx(0.898, abs=6e-4)


def test_a_rarer_disease_makes_the_same_photo_less_alarming() -> None:
    table = load_base_rates()
    numbers = [
        what_if((0.1, 0.3, 0.6), COHORT, table.rates[key]).per_hundred
        for key in ("us_50_men", "us_women_60s", "china_50_women", "china_postmenopausal_80")
    ]
    assert numbers == sorted(numbers)
    assert what_if((0.1, 0.3, 0.6), COHORT, table.rates["us_50"]).predictive is None


def test_citations_say_where_a_rate_comes_from() -> None:
    table = load_base_rates()
    assert "doi:10.15620/cdc:103477" in table.citation(table.rates["us_50"])
    assert "[unverified]" in table.citation(table.rates["china_50_men"])
    assert "potentially unreliable" in table.citation(table.rates["us_men_50_64"])
    assert table.citation(BaseRate(setting="here", osteoporosis=10)) == "Your own figures."


@pytest.mark.parametrize(
    "values",
    [
        {"osteoporosis": 101},
        {"osteoporosis": -1},
        {"osteoporosis": 60, "low_bone_mass": 50},
        {"osteoporosis": 10, "age_from": 60, "age_to": 50},
        {"osteoporosis": 10, "sex": "women"},
        {"osteoporosis": 10, "prevalence": 3},
        {},
    ],
)
def test_a_rate_that_contradicts_itself_is_refused(values: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        BaseRate.model_validate({"setting": "x", **values})


def test_a_rate_without_a_source_is_refused() -> None:
    with pytest.raises(ValidationError, match="known source"):
        BaseRates.model_validate(
            {
                "version": "1",
                "sources": {},
                "rates": {"x": {"setting": "x", "osteoporosis": 1, "source": "nobody"}},
            }
        )


def test_own_figures_are_checked_in_words() -> None:
    assert own_rate(20, 50).shares(COHORT) == pytest.approx((0.3, 0.5, 0.2))
    with pytest.raises(PatientError, match="more than 100%"):
        own_rate(60, 50)
    with pytest.raises(PatientError):
        own_rate(-1, 50)


def test_an_operating_point_nobody_measured_is_left_out() -> None:
    rate = own_rate(20, 50)
    assert what_if((0.2, 0.3, 0.5), COHORT, rate, (float("nan"), 0.9)).predictive is None

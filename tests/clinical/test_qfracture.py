"""QFracture-2012 against the compiled reference: 116 vectors, ranges, terms and licence."""

import json
from importlib import resources
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from pydantic import ValidationError

from face2bone.clinical.qfracture import (
    Coefficients,
    Inputs,
    disclaimer,
    load_coefficients,
    out_of_range,
    risk_percent,
)
from face2bone.patient import Sex

VECTORS = json.loads(Path(__file__).with_name("qfracture2012_vectors.json").read_text("utf-8"))[
    "vectors"
]
NUMBERED = {"age", "bmi", "ethrisk", "smoke_cat", "alcohol_cat6", "surv"}
TERMS = sorted(set().union(*(e.yes for e in load_coefficients().equations.values())))


def inputs_of(given_inputs: dict[str, float]) -> tuple[Inputs, int]:
    """The inputs and years of a vector; what it leaves out is 0, ethnic group 1, 10 years."""
    yes = frozenset(name for name, value in given_inputs.items() if name not in NUMBERED and value)
    inputs = Inputs(
        age=int(given_inputs["age"]),
        bmi=given_inputs["bmi"],
        ethnicity=int(given_inputs.get("ethrisk", 1)),
        smoking=int(given_inputs.get("smoke_cat", 0)),
        alcohol=int(given_inputs.get("alcohol_cat6", 0)),
        yes=yes,
    )
    return inputs, int(given_inputs.get("surv", 10))


def test_there_are_116_vectors_and_they_touch_every_term() -> None:
    assert len(VECTORS) == 116
    used = set().union(*(vector["inputs"] for vector in VECTORS)) - NUMBERED
    assert used == set(TERMS)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: f"{v['sex']} {v['tag']}")
def test_reference_vector(vector: dict) -> None:
    inputs, years = inputs_of(vector["inputs"])
    sex = Sex(vector["sex"])
    assert risk_percent(sex, "major", inputs, years) == pytest.approx(
        vector["mof_pct"], rel=0, abs=1e-5
    )
    assert risk_percent(sex, "hip", inputs, years) == pytest.approx(
        vector["hip_pct"], rel=0, abs=1e-5
    )


# (sex, age, BMI or (weight kg, height cm), ethnic group, smoking, alcohol, yes, years, major, hip)
FAMOUS = [
    ("F", 65, (68, 165), 1, 0, 0, "", 10, 4.551261, 1.187594),
    (
        *("F", 75, (56, 160), 1, 4, 4),
        "b_fracture4 b_ra_sle b_corticosteroids fh_osteoporosis",
        *(10, 45.194353, 35.514128),
    ),
    ("M", 70, (92, 175), 1, 3, 0, "b_type2 b_cvd b_asthmacopd", 10, 4.146912, 2.527956),
    (
        *("M", 80, (71, 172), 1, 0, 0),
        "b_falls b_parkinsons b_type1 b_carehome",
        *(10, 47.924641, 80.247719),
    ),
    ("F", 60, (60, 158), 2, 0, 0, "b_hrt_oest b_antidepressant", 10, 2.969878, 0.428621),
    ("F", 65, 22.0, 8, 0, 0, "", 10, 3.285376, 0.550110),
    ("M", 72, 23.0, 8, 2, 0, "b_falls", 10, 3.739169, 1.577023),
    (
        *("F", 80, 20.0, 1, 0, 0),
        "b_fracture4 b_dementia b_falls b_corticosteroids",
        *(10, 46.702402, 57.005733),
    ),
    ("F", 30, 20.0, 1, 0, 0, "", 10, 0.523937, 0.020729),
    ("M", 30, 20.0, 1, 0, 0, "", 10, 0.696940, 0.040060),
    ("F", 100, 40.0, 1, 0, 0, "", 10, 13.093178, 9.238851),
    ("M", 100, 40.0, 1, 0, 0, "", 10, 17.411515, 6.707705),
    ("F", 55, 28.0, 1, 0, 0, "", 5, 0.754228, 0.087720),
]


@pytest.mark.parametrize("case", FAMOUS, ids=[f"Q{n + 1}" for n in range(len(FAMOUS))])
def test_worked_patients(case: tuple) -> None:
    sex, age, body, ethnicity, smoking, alcohol, yes, years, major, hip = case
    bmi = body if isinstance(body, float) else body[0] / (body[1] / 100) ** 2
    inputs = Inputs(age, bmi, ethnicity, smoking, alcohol, frozenset(yes.split()))
    assert risk_percent(Sex(sex), "major", inputs, years) == pytest.approx(major, rel=0, abs=1e-5)
    assert risk_percent(Sex(sex), "hip", inputs, years) == pytest.approx(hip, rel=0, abs=1e-5)


def test_hip_may_exceed_major() -> None:
    yes = frozenset({"b_falls", "b_parkinsons", "b_type1", "b_carehome"})
    inputs = Inputs(80, 24.0, yes=yes)
    assert risk_percent(Sex.MALE, "hip", inputs) > risk_percent(Sex.MALE, "major", inputs)


@pytest.mark.parametrize(
    ("inputs", "years", "words"),
    [
        (Inputs(29, 25.0), 10, "take an age of 30 to 100 years, and this one is 29"),
        (Inputs(101, 25.0), 10, "an age of 30 to 100 years"),
        (Inputs(65, 19.9), 10, "a body mass index of 20 to 40 kg/m2, and this one is 19.9"),
        (Inputs(65, 19.96), 10, "this one is 19.96"),
        (Inputs(65, 40.1), 10, "a body mass index of 20 to 40"),
        (Inputs(65, float("nan")), 10, "a body mass index of 20 to 40"),
        (Inputs(65, 25.0), 0, "a period of 1 to 18 years, and this one is 0"),
        (Inputs(65, 25.0), 19, "a period of 1 to 18 years"),
    ],
)
def test_outside_the_range_is_refused_with_the_range(
    inputs: Inputs, years: int, words: str
) -> None:
    assert words in out_of_range(inputs, years)
    with pytest.raises(ValueError, match="the equations take"):
        risk_percent(Sex.FEMALE, "major", inputs, years)


sexes = st.sampled_from(Sex)
outcomes = st.sampled_from(["major", "hip"])
anyone = st.builds(
    Inputs,
    age=st.integers(30, 100),
    bmi=st.floats(20, 40),
    ethnicity=st.integers(1, 9),
    smoking=st.integers(0, 4),
    alcohol=st.integers(0, 5),
    yes=st.frozensets(st.sampled_from(TERMS), max_size=6),
)


@pytest.mark.slow
@given(sexes, outcomes, anyone, st.integers(1, 17))
def test_risk_is_a_percentage_and_grows_with_the_years(
    sex: Sex, outcome: str, inputs: Inputs, years: int
) -> None:
    sooner = risk_percent(sex, outcome, inputs, years)
    later = risk_percent(sex, outcome, inputs, years + 1)
    assert 0.0 <= sooner <= later <= 100.0


@given(sexes, outcomes, anyone, st.sampled_from(TERMS))
def test_a_yes_moves_the_risk_by_the_sign_of_its_coefficient(
    sex: Sex, outcome: str, inputs: Inputs, term: str
) -> None:
    assume(term not in inputs.yes)
    with_it = Inputs(**{**vars(inputs), "yes": inputs.yes | {term}})
    before, after = risk_percent(sex, outcome, inputs), risk_percent(sex, outcome, with_it)
    assert after <= before if term == "b_hrt_oest" else after >= before


def test_disclaimer_is_the_required_wording() -> None:
    words = disclaimer()
    assert words.startswith("The initial version of this file, to be found at http://svn.clinrisk")
    assert words.endswith("can lead to wrong patients being given the wrong treatment.")
    assert "cannot prevent, for example, someone altering the coefficients" in words


def test_licence_and_terms_lie_beside_the_coefficients() -> None:
    folder = resources.files("face2bone.clinical").joinpath("qfracture2012")
    names = {file.name for file in folder.iterdir()}
    assert names == {"coefficients.json", "terms.txt", "LGPL-3.0.txt", "GPL-3.0.txt"}
    assert "Copyright 2012 ClinRisk Ltd" in folder.joinpath("terms.txt").read_text("utf-8")
    assert load_coefficients().licence == "LGPL-3.0-or-later"


def test_a_broken_coefficient_file_is_refused() -> None:
    data = json.loads(load_coefficients().model_dump_json())
    data["equations"]["female_hip"]["survivor"].pop()
    with pytest.raises(ValidationError, match="survivor"):
        Coefficients.model_validate(data)
    with pytest.raises(ValidationError, match="licence"):
        Coefficients.model_validate({**data, "licence": "MIT"})


def test_it_is_never_called_frax() -> None:
    assert "frax" not in load_coefficients().model_dump_json().lower()
    assert "frax" not in disclaimer().lower()

"""Draw people whose faces look older or younger than they are, by a gap that is known.

One generative model, every distribution stated (N+ a normal truncated to 20 to 90 years):

    sex    female with probability 1/2
    age a  N+(62, 13), or evenly over the seven ten-year bands from 20 to 90
    gap g  N(0, 6), independent of age and sex: the face looks A = a + g years old

A drives everything about the face that ageing does: skin, brows, lips and hair as for every drawn
face, and the six ageing parameters of ``description.Ageing``,

    x_k = clip(-1.5 + 8.5 (A - 15) / 90 + 0.6 e_k, -2.5, 8.5)      orbit to temple, mm-like units
    w   = clip(0.05 + 1.2 (A - 20) / 75 + 0.08 e, 0, 1.4)          wrinkle depth

with e, e_k ~ N(0, 1). Bone plays no part in these faces. The link is planted by us and is no claim
about how people age. The same seed gives the same person and the same face.

They are written as a cohort of known ages, photos and a manifest, as one is read. The gap by which
a face looks older than it is stands in truth.parquet, which no hospital has.
"""

from dataclasses import asdict, dataclass
from operator import attrgetter
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
from scipy.special import ndtr, ndtri

from face2bone.drawn.face.parameters import Ageing, FaceParameters, draw_parameters
from face2bone.drawn.face.provenance import GENERATOR_VERSION
from face2bone.drawn.face.write import MARK, FaceKind, photo_name, write_faces
from face2bone.drawn.people import patient_seed, stream
from face2bone.drawn.worlds import World
from face2bone.patient import Sex
from face2bone.progress import UnitsDone

AGE_LIMITS: Final = (20.0, 90.0)
AGE_MEAN: Final = 62.0
AGE_SD: Final = 13.0
GAP_SD: Final = 6.0
BAND_YEARS: Final = 10
BANDS: Final = tuple((low, low + BAND_YEARS) for low in range(20, 90, BAND_YEARS))
"""The ten-year bands of age, [low, high)."""


@dataclass(frozen=True, kw_only=True)
class AgedPerson:
    """One drawn person: ``age_years`` by the calendar; the face looks ``gap_years`` older.

    adiposity: z-score of body mass index. ``seed`` alone reproduces the face, given the age.
    """

    person_id: str
    seed: int
    sex: Sex
    age_years: float
    gap_years: float
    adiposity: float
    ageing: Ageing

    @property
    def apparent_years(self) -> float:
        """How old the face is drawn to look."""
        return self.age_years + self.gap_years


def draw_people(n: int, seed: int, evenly: bool = False) -> tuple[AgedPerson, ...]:
    """People 0 to n - 1 of the cohort with this seed; a person does not depend on n.

    evenly: person i is of band i modulo seven, and not of the skewed distribution.
    """
    return tuple(
        _draw_person(patient_seed(seed, i), BANDS[i % len(BANDS)] if evenly else None)
        for i in range(n)
    )


def aged_face(person: AgedPerson) -> FaceParameters:
    """Everything the picture of this person needs."""
    return draw_parameters(
        stream(person.seed, 1),
        person.sex,
        person.age_years,
        person.adiposity,
        person.ageing,
        person.apparent_years,
    )


def _draw_person(seed: int, band: tuple[int, int] | None) -> AgedPerson:
    rng = stream(seed, 0)
    sex = Sex.FEMALE if rng.random() < 0.5 else Sex.MALE
    age, gap = _age(float(rng.random()), band), round(GAP_SD * float(rng.standard_normal()), 2)
    adiposity = float(rng.standard_normal())
    return AgedPerson(
        person_id=f"drawn-{seed:016x}",
        seed=seed,
        sex=sex,
        age_years=age,
        gap_years=gap,
        adiposity=adiposity,
        ageing=_ageing(rng, age + gap),
    )


def _age(uniform: float, band: tuple[int, int] | None) -> float:
    """Age in years to a tenth, below the upper limit, at this share of the distribution."""
    if band is not None:
        return round(band[0] + (band[1] - band[0] - 0.1) * uniform, 1)
    low, high = (float(ndtr((limit - AGE_MEAN) / AGE_SD)) for limit in AGE_LIMITS)
    age = AGE_MEAN + AGE_SD * float(ndtri(low + (high - low) * uniform))
    return min(round(age, 1), AGE_LIMITS[1] - 0.1)


def _ageing(rng: np.random.Generator, apparent: float) -> Ageing:
    bone = -1.5 + 8.5 * (apparent - 15.0) / 90.0 + 0.6 * rng.standard_normal(5)
    wrinkle = 0.05 + 1.2 * (apparent - 20.0) / 75.0 + 0.08 * rng.standard_normal()
    orbit, maxilla, nasolabial, jaw, temple = np.clip(bone, -2.5, 8.5).tolist()
    return Ageing(orbit, maxilla, nasolabial, jaw, temple, float(np.clip(wrinkle, 0.0, 1.4)))


def write_aged(
    out: Path,
    patients: int,
    seed: int,
    size: int = 256,
    workers: int | None = None,
    progress: UnitsDone | None = None,
) -> Path:
    """Draw people 0 to ``patients`` - 1 of a cohort of known ages, as ``write_faces``."""
    people = draw_people(patients, seed)
    return write_faces(out, _AGED, people, World.PLANTED, seed, size, workers, progress)


def manifest_table(people: tuple[AgedPerson, ...]) -> pd.DataFrame:
    """The people as a manifest of known ages, one row a person."""
    return pd.DataFrame([_row(person) for person in people])


def truth_table(people: tuple[AgedPerson, ...]) -> pd.DataFrame:
    """What only the generator knows: seed, gap and ageing of each person."""
    rows = [
        {"patient_id": p.person_id, "seed": p.seed, "gap_years": p.gap_years} | asdict(p.ageing)
        for p in people
    ]
    return pd.DataFrame(rows)


def _row(person: AgedPerson) -> dict[str, Any]:
    return {
        "patient_id": person.person_id,
        "photo": photo_name(person.person_id),
        "sex": person.sex.value,
        "age_years": person.age_years,
        "site": "drawn",
        "device": f"{MARK} {GENERATOR_VERSION}",
        "study": "face_age",
    }


_AGED: Final = FaceKind[AgedPerson](
    id_of=attrgetter("person_id"),
    face_of=aged_face,
    manifest=manifest_table,
    truth=truth_table,
    values="ages",
    link="face and age",
)

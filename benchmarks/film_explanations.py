"""Do explanations of drawn films name a part with a planted value first?

    python -m benchmarks.film_explanations [bone_net | osteoai] [--films 40] [--after 0]

Severity of a study's demonstration, of drawn patients kept out of its training, in three ways of
hiding a part: how often the part with the largest value has a planted one, and which it is else;
the share of all values' size that lies on parts without any; and of how many films the explanation
passes its check. In a hand every part but the soft tissue has a planted value. Then what moves the
answer when the film is drawn again with one thing as in the mean patient, all else equal: each
planted value, each decoy, or the flesh, by which a film shows body mass.
"""

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

import numpy as np

from face2bone.assess import Assessor
from face2bone.assessment import LocatedSubject
from face2bone.bundle import load_bundle
from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.film.patients import FilmPatient, draw_film_cohort
from face2bone.drawn.film.write import png_bytes
from face2bone.drawn.hand import HAND
from face2bone.drawn.knee import KNEE
from face2bone.drawn.people import BMI_LOG_SD, adiposity
from face2bone.drawn.worlds import World
from face2bone.errors import SubjectError
from face2bone.explain.shapley import RegionAttribution, expected_class
from face2bone.settings import shipped_models

KINDS: Final = {"bone_net": (KNEE, "knee-demo"), "osteoai": (HAND, "hand-demo")}
SEED: Final = 900_100
POPULATION: Final = 1_000


def main() -> None:
    """Print the shares."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--films", type=int, default=40)
    parser.add_argument("--after", type=int, default=0, help="patients left out before them")
    parser.add_argument("study", nargs="?", choices=list(KINDS), default="bone_net")
    given = parser.parse_args()
    kind, bundle = KINDS[given.study]
    assessor = Assessor(load_bundle(shipped_models() / bundle))
    everybody = draw_film_cohort(kind.model, POPULATION, World.PLANTED, SEED)
    mean = tuple(np.mean([patient.values for patient in everybody], axis=0).tolist())
    chosen = everybody[given.after : given.after + given.films]
    usable = [(p, found) for p in chosen if (found := located(assessor, kind, p)) is not None]
    games = [explained(assessor, found) for _, found in usable]
    for way in range(3):
        print(first_parts([game[way] for game, _ in games], assessor, kind), flush=True)
    print(f"passed their check: {np.mean([passes for _, passes in games]):.2f} of {len(games)}")
    print(moved_by([dict(changes(assessor, kind, patient, mean)) for patient, _ in usable]))


def located(assessor: Assessor, kind: FilmKind, patient: FilmPatient) -> LocatedSubject | None:
    """What is found on a patient's film; None where there is no result."""
    try:
        found = assessor.locate(assessor.tools.modality.read(png_bytes(kind.draw(patient))))
    except SubjectError:
        return None
    return None if found.rejected else assessor.for_patient(found, patient.patient)


def explained(
    assessor: Assessor, found: LocatedSubject
) -> tuple[tuple[RegionAttribution, ...], bool]:
    """A film's explanation in three ways, and whether its severity passes its check."""
    explanation = assessor.explain(found)
    check = explanation.severity_check(assessor.bundle.calibration)
    third = assessor.explain_in_third_way(found)
    return (*explanation.regions, third), check is not None and check.reason is None


def first_parts(games: list[RegionAttribution], assessor: Assessor, kind: FilmKind) -> str:
    """How often which part has the largest value of severity."""
    ids = [part.id for part in games[0].parts]
    telling = [value.name for value in kind.model.values if not value.is_decoy]
    planted = np.isin(ids, [part for name in telling for part in kind.planted_parts[name]])
    size = np.abs([game.severity(assessor.bundle.calibration).values for game in games])
    largest = size.argmax(axis=1)
    without = size[:, ~planted & (np.array(ids) != "soft_tissue")].sum() / size.sum()
    others = Counter(ids[part] for part in largest if not planted[part])
    return (
        f"{games[0].baseline}: a planted part first in {planted[largest].sum()} of {len(games)}, "
        f"else {dict(others)}; the rest but soft tissue hold {without:.3f} of all values"
    )


def changes(
    assessor: Assessor, kind: FilmKind, patient: FilmPatient, mean: tuple[float, ...]
) -> Iterator[tuple[str, float]]:
    """By how much severity changes with one thing of the film as in the mean patient."""
    variants = {}
    for k, value in enumerate(kind.model.values):
        changed = (*patient.values[:k], mean[k], *patient.values[k + 1 :])
        variants[value.name] = replace(patient, values=changed)
    person = patient.patient
    weight = person.weight_kg * float(np.exp(-BMI_LOG_SD * adiposity(person)))
    variants["flesh"] = replace(patient, patient=replace(person, weight_kg=weight))
    own = severity(assessor, kind, patient, patient)
    for name, variant in variants.items():
        yield name, abs(severity(assessor, kind, variant, patient) - own)


def severity(assessor: Assessor, kind: FilmKind, drawn: FilmPatient, person: FilmPatient) -> float:
    """Of one's film with another's age and sex; not a number where there is no result."""
    found = located(assessor, kind, drawn)
    if found is None:
        return float("nan")
    prediction = assessor.predict(assessor.for_patient(found, person.patient))
    return float(expected_class(prediction.probabilities))


def moved_by(found: list[dict[str, float]]) -> str:
    """Mean change by each, and how often each is the largest."""
    names = list(found[0])
    table = np.array([list(one.values()) for one in found])
    largest = Counter(names[k] for k in np.nanargmax(table, axis=1))
    means = dict(zip(names, np.nanmean(table, axis=0).round(3).tolist(), strict=True))
    return f"mean change of severity: {means}; the largest: {dict(largest)}"


if __name__ == "__main__":
    main()

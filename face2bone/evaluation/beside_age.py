"""What a cohort's pictures say of bone beside age and sex, asked without any trained network.

For cohorts of real pictures that are too small to train on. The features are oriented gradients
of the aligned crops (``added_value.gradients``), which were fitted to nobody; the models are those
of the added-value study, cross-fitted with every picture of a patient on one side:

    age and sex           proportional odds on age, age squared and sex
    picture               proportional odds on the features' components, under a ridge
    picture, age and sex  both; the ridge may be infinite, so that useless pictures are left out

Two guards stand beside them. The pictures must tell the patients' sex (the **positive control**):
where they cannot, crops or features are bad, and their silence about bone means nothing. And
pictures that tell the classes better than any honest benchmark on such films are a **suspected
leak**: copies of one patient on both sides, or a label in the file, until somebody has looked.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.arrays import Floats, Integers
from face2bone.calibration.reliability import ranked_probability_scores
from face2bone.cohort.views import visits_of
from face2bone.errors import EvaluationError
from face2bone.evaluation.added_value.columns import whole
from face2bone.evaluation.added_value.crossfit import CrossFitted, cross_fit
from face2bone.evaluation.added_value.reading import out_of_fold
from face2bone.evaluation.added_value.rule import Gain, judge
from face2bone.evaluation.added_value.words import shown
from face2bone.evaluation.bootstrap import RESAMPLES, Estimate, estimates
from face2bone.evaluation.confusion import ratio
from face2bone.evaluation.measures import Figures
from face2bone.evaluation.ranking import auc, cut_auc
from face2bone.tasks import BONE_MASS
from face2bone.words import all_of

LEAST_PER_CLASS: Final = 10  # two in each of five folds; the intervals say how little that is
SUSPECT_AUC: Final = 0.85
"""Of osteoporosis against the rest, by pictures alone. Simple features of films of one centre
reached .60 to .69; published systems that also read age reach .82 to .89 elsewhere."""
SUSPECT_ACCURACY: Final = 0.80
CONTROL_AUC: Final = 0.85
"""Sex was told from aligned knee films with .89 by such features."""
MODELS: Final = {"picture": "face", "age_sex": "clinical", "both": "both"}

LEAK: Final = (
    f"SUSPECTED LEAK: the pictures alone reach an area above {SUSPECT_AUC:g} or an accuracy above "
    f"{SUSPECT_ACCURACY:.0%}. Look for copies of one patient under several names and for labels in "
    "the files (face2bone guard) before you believe it."
)
ROWS: Final = {"picture": "pictures", "age_sex": "age and sex", "both": "pictures, age and sex"}
COLUMNS: Final = {
    "auc_osteoporosis": "AUC, T <= -2.5",
    "auc_low_bone_mass": "AUC, T <= -1",
    "accuracy": "accuracy",
    "rps": "RPS (less is better)",
}


@dataclass(frozen=True)
class BesideAge:
    """The answers about one cohort.

    of_class: patients by class. figures: accuracy, RPS and the area at each cut of each model, as
    ``auc_osteoporosis_picture``, and ``rps_gain``. gain: by the rule of the added-value study.
    sex_auc: the positive control, out of fold. suspected_leak: whether the pictures alone do too
    well.
    """

    patients: int
    pictures: int
    of_class: Mapping[str, int]
    figures: Mapping[str, Estimate]
    gain: Gain
    sex_auc: Estimate
    suspected_leak: bool


def beside_age(
    about: pd.DataFrame, features: npt.ArrayLike, labels: Integers, seed: int = 0
) -> BesideAge:
    """Ask it of one cohort.

    about: N rows, one a crop: patient_id, age_years, sex, perhaps acquired_on. features: (N, F).
    labels: (N,) classes. A patient counts once: by the mean of the crops of the first visit.

    Raises ``EvaluationError`` for a class of fewer than ``LEAST_PER_CLASS`` patients, and where
    age, sex or whose a picture is are not known.
    """
    people, x, y = _people(about, whole(features, len(about)), labels)
    age = (np.asarray(people["age_years"], np.float64) - 60.0) / 10.0
    female = np.asarray(people["sex"] == "F", bool)
    fitted = cross_fit(np.column_stack([age, age**2, female]), x, y, seed, LEAST_PER_CLASS)
    figures = _figures(fitted, seed)
    return BesideAge(
        patients=len(people),
        pictures=len(about),
        of_class=dict(zip(BONE_MASS.classes, np.bincount(y).tolist(), strict=True)),
        figures=figures,
        gain=judge(fitted),
        sex_auc=_sex(x, female, seed),
        suspected_leak=_beyond(figures["auc_osteoporosis_picture"], SUSPECT_AUC)
        or _beyond(figures["accuracy_picture"], SUSPECT_ACCURACY),
    )


def _people(
    about: pd.DataFrame, features: Floats, labels: Integers
) -> tuple[pd.DataFrame, Floats, Integers]:
    """One row a patient, with the mean features of the crops of the first visit."""
    rows = about.reset_index(drop=True)
    needed = ("patient_id", "age_years", "sex")
    missing = [name for name in needed if name not in rows or rows[name].isna().any()]
    if missing:
        raise EvaluationError(
            "Not every picture has {details}. Add them to the manifest: without them "
            "nothing can be said beside age and sex.",
            details=all_of(missing),
        )
    dated = "acquired_on" in rows
    ordered = rows.sort_values("acquired_on", kind="stable") if dated else rows
    first = np.sort(ordered.drop_duplicates("patient_id").index.to_numpy(np.int64))
    visit = visits_of(rows) if dated else rows["patient_id"].to_numpy()
    mean = np.stack([features[visit == visit[k]].mean(axis=0) for k in first])
    return rows.iloc[first], mean, labels[first]


def _figures(fitted: CrossFitted, seed: int) -> dict[str, Estimate]:
    y = fitted.labels

    def figures(weights: Floats) -> Figures:
        found: Figures = {}
        total = weights.sum(axis=1)
        for name, field in MODELS.items():
            p: Floats = fitted.models[field]
            found[f"accuracy_{name}"] = ratio(weights @ (p.argmax(axis=1) == y), total)
            found[f"rps_{name}"] = ratio(weights @ ranked_probability_scores(p, y), total)
            for cut_name, cut in BONE_MASS.cuts.items():
                found[f"auc_{cut_name}_{name}"] = cut_auc(p, y, cut, weights)
        found["rps_gain"] = found["rps_age_sex"] - found["rps_both"]
        return found

    return estimates(figures, np.arange(len(y)), RESAMPLES, seed)


def _sex(features: Floats, female: npt.NDArray[np.bool_], seed: int) -> Estimate:
    """Area by which the pictures tell women from men, out of fold."""
    score = out_of_fold(features, female.astype(np.float64)[:, None], seed)[:, 0]
    people = np.arange(len(female))
    return estimates(lambda w: {"sex": auc(score, female, w)}, people, RESAMPLES, seed)["sex"]


def _beyond(estimate: Estimate, limit: float) -> bool:
    return estimate.value is not None and estimate.value > limit


def markdown(found: BesideAge, of_what: str, drawn: bool) -> str:
    """The report: verdict, table, guards. of_what: the cohort in words; drawn: whether it is."""
    rows = [
        " | ".join(["", words, *(shown(found.figures[f"{f}_{name}"]) for f in COLUMNS), ""]).strip()
        for name, words in ROWS.items()
    ]
    head = " | ".join(["", "", *COLUMNS.values(), ""]).strip()
    counts = ", ".join(f"{name} {count}" for name, count in found.of_class.items())
    parts = [
        "# What the pictures say beside age and sex",
        of_what,
        f"{found.patients} patients ({counts}), {found.pictures} crops. Five folds dealt three "
        "times, every picture of a patient on one side; 95% intervals from resampled patients.",
        verdict(found),
        "\n".join([head, f"|{'---|' * (1 + len(COLUMNS))}", *rows]),
        control(found),
        *([LEAK] if found.suspected_leak and not drawn else []),
    ]
    return "\n\n".join(parts) + "\n"


def verdict(found: BesideAge) -> str:
    """The table in words."""
    areas = {name: shown(found.figures[f"auc_osteoporosis_{name}"]) for name in ROWS}
    word = "add" if found.gain.found else "were not shown to add"
    return (
        f"Osteoporosis against the rest: area {areas['age_sex']} by age and sex, "
        f"{areas['picture']} by the pictures alone, {areas['both']} by all three. The pictures "
        f"{word} to age and sex: gain in ranked probability score "
        f"{shown(found.figures['rps_gain'], 4)}, one-sided p = {found.gain.p_value:.2g}."
    )


def control(found: BesideAge) -> str:
    """The positive control in words."""
    told = f"Positive control: the same features tell women from men with {shown(found.sex_auc)}"
    if found.sex_auc.value is None:
        return f"{told}: a cohort of one sex has no positive control."
    if _beyond(found.sex_auc, CONTROL_AUC):
        return f"{told}, so their silence about bone would mean something."
    return f"{told}, below {CONTROL_AUC:g}. THE CONTROL FAILED: look at the crops first."

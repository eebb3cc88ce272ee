"""Explain a cohort that was scored: from pictures in memory, and kept nowhere.

Explore shows people by their measured class beside sex, age and build: the list has to hold them.
"""

import math
from collections.abc import Sequence
from typing import Final

import pandas as pd

from face2bone import __version__, clock
from face2bone.arrays import Pixels
from face2bone.assess import Assessor
from face2bone.bone import bone_class
from face2bone.bundle import bundle_hash
from face2bone.cohort.manifest import consents
from face2bone.cohort_explanations.folder import About, ExplainedCohort
from face2bone.covariates import of_table
from face2bone.errors import ExplanationError
from face2bone.evaluation.record import BundleName
from face2bone.explain.cohort import PATIENT_COLUMNS, THUMBNAIL, thumbnail
from face2bone.explain.photo_row import Layout, PhotoFigures, as_row, photo_figures
from face2bone.progress import FractionDone, Progress
from face2bone.scoring.journal import SCORED, ScoredRow
from face2bone.scoring.pictures import Pictures
from face2bone.scoring.score_list import ScoreList
from face2bone.words import message, template

NEEDED: Final = ("sex", "age_years", "height_cm", "weight_kg")


def why_not(listed: ScoreList) -> str:
    """Why a list cannot be explained, in a sentence; empty where it can."""
    table = listed.table
    lacking = [c for c in NEEDED if c not in table or (table[c].isna() | (table[c] == "")).any()]
    if _classes(table) is None:
        lacking.append(template("t_score or bone_mass_class"))
    if not lacking:
        return ""
    return message(
        "To be explained on Explore, every row needs {columns}: Explore shows people "
        "by their measured class. Add them to the table and give the files again.",
        columns=tuple(lacking),
    )


def explain_scored(
    listed: ScoreList,
    pictures: Pictures,
    rows: Sequence[ScoredRow],
    assessor: Assessor,
    progress: Progress,
) -> ExplainedCohort:
    """Every picture with a score, explained; an exception of ``progress`` ends the work.

    Raises ``ExplanationError`` where ``why_not`` has a reason, or nothing was scored.
    """
    scored = [row for row in rows if row.outcome == SCORED]
    classes = _classes(listed.table)
    if why_not(listed) or classes is None or not scored:
        none = template("No picture was scored, so none is explained.")
        raise ExplanationError(why_not(listed) or none)
    people = listed.table.assign(bone_mass_class=classes)
    may_show = consents(listed.table)
    card = assessor.bundle.card
    layout = Layout(assessor.facts.parts, card.labels, len(assessor.bundle.concepts))
    found = []
    for done, row in enumerate(scored):
        person = people.iloc[row.position]
        crop, figures = _figures(
            listed, pictures, row, assessor, _share(progress, done, len(scored))
        )
        found.append(
            {
                **{name: person.get(name) for name in PATIENT_COLUMNS},
                **as_row(figures, layout),
                THUMBNAIL: thumbnail(crop) if may_show[row.position] else None,
            }
        )
    about = About(
        bundle=BundleName(card.name, card.version, card.status, bundle_hash(assessor.bundle)),
        engine=assessor.engine.name,
        description=f"{len(found)} pictures given on the Cohort page",
        world=None,
        concepts=layout.concepts,
        ood_threshold=assessor.bundle.ood.threshold,
        photos=len(found),
        rejected=len(rows) - len(found),
        created_on=clock.today(),
        software=f"face2bone {__version__}",
    )
    return ExplainedCohort(about, pd.DataFrame(found), layout)


def _figures(
    listed: ScoreList,
    pictures: Pictures,
    row: ScoredRow,
    assessor: Assessor,
    progress: FractionDone,
) -> tuple[Pixels, PhotoFigures]:
    """The crop and the figures of one picture that was scored."""
    picture = assessor.tools.modality.read(pictures.read(listed.names[row.position]))
    aligned = assessor.locate(picture).aligned
    covariates = assessor.bundle.card.covariates
    beside = of_table(listed.table.iloc[[row.position]], covariates)[0]
    figures = photo_figures(assessor.bundle, assessor.engine, aligned, progress, beside)
    return aligned.pixels, figures


def _share(progress: Progress, done: int, total: int) -> FractionDone:
    return lambda fraction: progress("explaining", (done + fraction) / total)


def _classes(table: pd.DataFrame) -> list[str] | None:
    """The measured class of every row, from the T-score where it is not given; None without."""
    given = table.get("bone_mass_class", pd.Series("", index=table.index, dtype=object))
    scores = table.get("t_score", pd.Series(math.nan, index=table.index))
    if ((given == "") & scores.isna()).any():
        return None
    return [name or bone_class(score).label for name, score in zip(given, scores, strict=True)]

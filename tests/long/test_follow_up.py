"""A clinic with half the training cohort's prevalence: noticed, recalibrated, better afterwards.

4,000 newly drawn patients (evaluation seed 960000, which had no part in settling protocol or rule;
docs/evidence/follow-up.md tells of 930000 to 950000) are predicted by the demo bundle. Leaving out
patients with osteoporosis until their share is half the training cohort's makes the clinic. Its
results come in one by one and are followed up by the code the Follow-up page runs, until the
recalibration rule passes at a planned look; everybody who comes after it is held out.
Printed figures are those of docs/evidence/follow-up.md; FACE2BONE_FOLLOW_UP_STORE names a folder
where the drawn crops are kept between runs.
"""

import os
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import pytest

from face2bone.arrays import Floats
from face2bone.bone import CLASS_LABELS, BoneClass
from face2bone.bundle import Bundle, bundle_hash
from face2bone.calibration.reliability import ranked_probability_scores
from face2bone.drawn.face.crops import drawn_crops
from face2bone.drawn.face.patients import draw_cohort
from face2bone.drawn.face.provenance import PATIENT_MODEL_HASH
from face2bone.drawn.worlds import World
from face2bone.evaluation.monitoring import (
    FALSE_ALARMS,
    HORIZON,
    alarm_limit,
    calibration_chart,
    false_alarm_rate,
)
from face2bone.modalities.face import FACE_INPUT
from face2bone.records import ClinicReport, DxaResult, StoredAssessment, clinic_report
from face2bone.records.clinic import LOOK_EVERY
from face2bone.runtime import TorchEngine, predict_crops

PATIENTS = 4_000
SEED = 960_000
NOON = time(12, tzinfo=UTC)
LAST_LOOK = 1_000
CLINICS = 60  # resampled from the same faces
BATCH = 200

Chosen = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Drawn:
    """Drawn patients with what the bundle said of each."""

    about: pd.DataFrame
    probabilities: Floats
    labels: Chosen
    bundle: Bundle

    def clinic(self, share: float, rng: np.random.Generator) -> Chosen:
        """Everyone in random order, patients with osteoporosis thinned out to ``share``."""
        sick = np.flatnonzero(self.labels == BoneClass.OSTEOPOROSIS)
        others = np.flatnonzero(self.labels != BoneClass.OSTEOPOROSIS)
        count = round(share / (1 - share) * len(others))
        return rng.permutation(np.concatenate([others, rng.permutation(sick)[:count]]))

    def followed_up(self, chosen: Chosen) -> ClinicReport:
        return clinic_report([self.kept(i, n) for n, i in enumerate(chosen)], self.sha256)

    def kept(self, i: int, order: int) -> StoredAssessment:
        row, day = self.about.iloc[i], date(2026, 1, 1) + timedelta(days=order // 3)
        return StoredAssessment(
            assessment_id=f"{order:032x}",
            patient_id=str(row["patient_id"]),
            saved_at=datetime.combine(day, NOON),
            sex=str(row["sex"]),
            age_years=float(row["age_years"]),
            decision="DXA",
            bundle_sha256=self.sha256,
            study="face2bone",
            outputs=dict(zip(CLASS_LABELS, self.probabilities[i].round(6).tolist(), strict=True)),
            class_shown=True,
            results=(DxaResult("lowest", float(row["t_score"]), day),),
        )

    @property
    def sha256(self) -> str:
        return bundle_hash(self.bundle)

    @property
    def trained_share(self) -> float:
        return self.bundle.card.class_fractions[BoneClass.OSTEOPOROSIS]


@pytest.fixture(scope="module")
def drawn(demo_bundle: Bundle, tmp_path_factory: pytest.TempPathFactory) -> Drawn:
    folder = os.environ.get("FACE2BONE_FOLLOW_UP_STORE")
    store = drawn_crops(
        draw_cohort(PATIENTS, World.PLANTED, SEED),
        PATIENT_MODEL_HASH,
        Path(folder) if folder else tmp_path_factory.mktemp("follow-up") / "crops",
    )
    engine = TorchEngine(demo_bundle.network, FACE_INPUT, device="cpu")
    parts = [
        predict_crops(engine, demo_bundle, store.crops[store.rows[start : start + BATCH]])
        for start in range(0, len(store.rows), BATCH)
    ]
    probabilities = np.concatenate([part.probabilities for part in parts])
    return Drawn(store.index, probabilities, store.labels, demo_bundle)


def paired(differences: Floats) -> tuple[float, float, float]:
    """Mean and 95% percentile interval over 10,000 resamples of patients."""
    rng = np.random.default_rng(SEED)
    n = len(differences)
    means = [differences[rng.integers(0, n, n)].mean() for _ in range(10_000)]
    low, high = np.quantile(means, [0.025, 0.975])
    return float(differences.mean()), float(low), float(high)


def until_the_rule_passes(drawn: Drawn, arriving: Chosen) -> ClinicReport:
    """The report at the first planned look that passes, or at the last."""
    report = drawn.followed_up(arriving[:LOOK_EVERY])
    for results in range(2 * LOOK_EVERY, LAST_LOOK + 1, LOOK_EVERY):
        if report.recalibration is not None and report.recalibration.passes:
            break
        report = drawn.followed_up(arriving[:results])
    return report


def test_half_the_prevalence_is_noticed_recalibrated_and_better_afterwards(drawn: Drawn) -> None:
    clinic = drawn.clinic(drawn.trained_share / 2, np.random.default_rng(SEED))
    report = until_the_rule_passes(drawn, clinic)
    held_out = clinic[report.counted :]
    assert report.chart is not None
    assert report.recalibration is not None
    assert report.recalibration.evidence is not None
    found = report.groups[0]
    shares = found.observed[2] / found.patients, found.predicted[2] / found.patients
    print(
        f"{report.counted} results; osteoporosis: trained on {drawn.trained_share:.3f}, clinic "
        f"{shares[0]:.3f}, "
        f"predicted {shares[1]:.3f}"
    )
    print(report.chart.verdict, f"limit {report.chart.limit:.2f}")
    print(report.recalibration.evidence.method, report.recalibration.reasons or "rule passes")
    p, y = drawn.probabilities[held_out], drawn.labels[held_out]
    after = report.recalibration.apply(p)
    before_loss, after_loss = ranked_probability_scores(p, y), ranked_probability_scores(after, y)
    gain, low, high = paired(before_loss - after_loss)
    print(
        f"held out {len(held_out)}: RPS {before_loss.mean():.5f} before, {after_loss.mean():.5f} "
        f"after, gain {gain:.5f} (95% {low:.5f} to {high:.5f})"
    )
    print(
        f"osteoporosis predicted, held out: {p[:, 2].mean():.3f} before, {after[:, 2].mean():.3f} "
        f"after, found {(y == BoneClass.OSTEOPOROSIS).mean():.3f}"
    )
    assert report.chart.alarm is not None
    assert report.chart.too_high[report.chart.alarm] >= report.chart.limit
    assert report.recalibration.passes
    assert low > 0


def test_most_such_clinics_are_noticed_and_few_others_are(drawn: Drawn) -> None:
    """The same faces dealt out again: how often, and how soon."""
    for name, share in (("half", drawn.trained_share / 2), ("same", drawn.trained_share)):
        alarms = []
        for seed in range(CLINICS):
            chosen = drawn.clinic(share, np.random.default_rng([SEED, seed]))[:HORIZON]
            alarms.append(first_alarm(drawn, chosen))
        noticed = [alarm for alarm in alarms if alarm is not None]
        middle = np.median(noticed) if noticed else float("nan")
        print(f"{name} prevalence: {len(noticed)} of {CLINICS} alarms, median result {middle:.0f}")
        if name == "half":
            assert len(noticed) >= 0.5 * CLINICS


def first_alarm(drawn: Drawn, chosen: Chosen) -> int | None:
    stated = drawn.probabilities[chosen, BoneClass.OSTEOPOROSIS]
    chart = calibration_chart(stated, drawn.labels[chosen] == BoneClass.OSTEOPOROSIS)
    return None if chart.alarm is None else chart.alarm + 1


def test_the_false_alarm_rate_holds_for_these_predictions(drawn: Drawn) -> None:
    stated = drawn.probabilities[:, BoneClass.OSTEOPOROSIS]
    limit = alarm_limit(stated)
    rates = [false_alarm_rate(stated, limit, seed=seed) for seed in range(1, 6)]
    print(f"limit {limit:.2f}, false alarms within {HORIZON} results: {np.mean(rates):.4f}")
    assert abs(np.mean(rates) - FALSE_ALARMS) < 0.015

"""A bundle made a clinic's own: the same network, recalibrated on the clinic's DXA results."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from face2bone import clock
from face2bone.bundle.contents import BundleContents
from face2bone.bundle.folder import Bundle, bundle_hash, save_bundle
from face2bone.calibration import (
    Evidence,
    LocalRecalibration,
    fit_conformal,
    reliability_table,
)
from face2bone.errors import RecalibrationRefused
from face2bone.words import together


def localise(
    bundle: Bundle,
    found: LocalRecalibration,
    measured: tuple[date, date],
    path: Path | str,
    clinic: str = "",
) -> Bundle:
    """Write a copy of ``bundle`` with the clinic's calibration and status locally-validated.

    The clinic's map is added behind the bundle's own; prediction sets and the reliability
    table come from the clinic's patients, each by a map that had not seen them; the base
    rates on the card become the clinic's. The card keeps what was there before.

    Args:
        bundle: that made the predictions ``found`` judges.
        found: from ``calibration.recalibrate``.
        measured: days of the first and the last DXA result.
        path: folder of the new bundle.
        clinic: name to put on the card; may be empty.

    Raises:
        RecalibrationRefused: for a demo bundle, or when the written rule is not met.
    """
    evidence = _checked(bundle, found)
    alpha, names = bundle.conformal.alpha, bundle.card.labels
    conformal = fit_conformal(evidence.probabilities, found.labels, alpha, names)
    kept = {f.name: getattr(bundle, f.name) for f in fields(BundleContents)}
    contents = BundleContents(
        **kept
        | {
            "calibration": (*bundle.calibration, evidence.calibrator),
            "conformal": conformal,
            "reliability": reliability_table(evidence.probabilities, found.labels),
        }
    )
    where = clinic or "this clinic"
    card = replace(
        bundle.card,
        status="locally-validated",
        created_on=clock.today(),
        cohort=f"{sum(found.counts)} patients of {where} with DXA (trained on: "
        f"{bundle.card.cohort})",
        class_fractions=tuple((np.array(found.counts) / sum(found.counts)).tolist()),
        provenance={
            **bundle.card.provenance,
            "recalibration": _provenance(bundle, found, evidence, measured, where),
        },
        results={
            "local": dict(_results(found, evidence)),
            "before_recalibration": dict(bundle.card.results),
        },
    )
    return save_bundle(path, card, contents)


def _checked(bundle: Bundle, found: LocalRecalibration) -> Evidence:
    if bundle.card.status == "demo":
        raise RecalibrationRefused(
            "This is a demo bundle, trained on drawn faces, and no clinic's results can make it "
            "a validated one. Train a bundle on patients first."
        )
    if found.evidence is None or not found.passes:
        raise RecalibrationRefused(together(found.reasons))
    return found.evidence


def _provenance(
    bundle: Bundle,
    found: LocalRecalibration,
    evidence: Evidence,
    measured: tuple[date, date],
    clinic: str,
) -> dict[str, Any]:
    first, last = measured
    return {
        "clinic": clinic,
        "patients": sum(found.counts),
        "patients_per_class": dict(zip(bundle.card.labels, found.counts, strict=True)),
        "first_result": first.isoformat(),
        "last_result": last.isoformat(),
        "method": evidence.method,
        "from_bundle_sha256": bundle_hash(bundle),
        "from_status": bundle.card.status,
        "from_class_fractions": list(bundle.card.class_fractions),
    }


def _results(found: LocalRecalibration, evidence: Evidence) -> Mapping[str, Any]:
    """Figures of patients each scored by a map that had not seen them."""
    named = evidence.probabilities.argmax(axis=1)
    confusion = np.zeros((len(found.counts),) * 2, dtype=np.int64)
    np.add.at(confusion, (found.labels, named), 1)
    return {
        "n": sum(found.counts),
        "confusion": confusion.tolist(),
        "accuracy": float((named == found.labels).mean()),
        "rps": evidence.rps_after,
        "rps_before": evidence.rps_before,
        "rps_base_rates": evidence.rps_base_rates,
        "rps_gain": evidence.gain,
        "fault_p": evidence.fault_p,
        "ece": evidence.ece,
        "ece_floor_p95": evidence.ece_limit,
    }

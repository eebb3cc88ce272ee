"""From kept measurements to figures: one row a patient, one column a figure of a method.

Columns are named "figure: method". The figures of ``AGAINST_TRUTH``, for every method:

    rank        Spearman with the reference, signs counted
    size        Spearman of the magnitudes of both
    parameters  Spearman with the second reference, the parameters' effects laid onto regions
    inside      share of the attribution in changed regions over a uniform one's
    deletion    score of the order where hidden regions become the healthy twin's, and
    insertion   the same uncovered: a baseline no method was given
"""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt
import pandas as pd

from face2bone.arrays import Flags, Floats
from face2bone.bone import CLASS_LABELS
from face2bone.calibration import Calibrator, calibrated
from face2bone.explain.coalitions import shapley_values
from face2bone.explain.curves import curve_scores
from face2bone.explain.self_check import least_agreement, rank_agreement, self_check
from face2bone.explain.shapley import expected_class
from face2bone.modalities.face.parts import FACE_PARTS
from research.faithfulness.baselines import region_means
from research.faithfulness.rivals import CONTRAST
from research.faithfulness.robustness import infidelity
from research.faithfulness.study import Arrays, Faces, region_values
from research.faithfulness.truth import (
    changed_regions,
    inside_ratio,
    parameter_map,
    parameter_reference,
)

OURS: Final = "exact Shapley, blur"
OURS_INPAINT: Final = "exact Shapley, inpainting"
AGAINST_TRUTH: Final = ("rank", "size", "parameters", "inside", "deletion", "insertion")
HEAT_MAPS: Final = ("Grad-CAM", "patch occlusion")
TRUTH: Final = "the reference itself"
CHECKED: Final = ("named class", "severity")


def patient_rows(folder: Path, faces: Faces, calibration: Sequence[Calibrator]) -> pd.DataFrame:
    """Every finished patient of one network; the index is the patient's number."""
    rows = {}
    for file in sorted(folder.glob("*-inpaint.npz")):
        index = int(file.name.partition("-")[0])
        parts = {p: _read(folder / f"{index:04d}-{p}.npz") for p in ("games", "rivals", "inpaint")}
        extra = folder / f"{index:04d}-extra.npz"
        face = faces.face(index)
        truth = {
            "reference": region_values(parts["games"]["twin"]),
            "parameters": parameter_reference(parts["games"]["effects"], parameter_map(face)),
            "changed": changed_regions(face.change, face.aligned.part_map),
        }
        row: dict[str, Any] = {"class": CLASS_LABELS[faces.patients[index].bone_class]}
        row |= dict(_of_methods(parts, truth))
        row |= _without_truth(parts, _read(extra) if extra.is_file() else {})
        rows[index] = row | _of_self_checks(parts, calibration)
    return pd.DataFrame.from_dict(rows, orient="index")


def parameter_maps(faces: Faces, indices: npt.ArrayLike) -> tuple[Floats, Floats]:
    """Mean M (6, 10) over patients, and the mean change (10,) between patient and twin."""
    drawn = [faces.face(int(i)) for i in np.asarray(indices)]
    change = [region_means(f.change, f.aligned.part_map) for f in drawn]
    return np.mean([parameter_map(f) for f in drawn], axis=0), np.mean(change, axis=0)


def changed_share(faces: Faces, indices: npt.ArrayLike) -> Floats:
    """Share of patients (10,) in whom each region counts as changed."""
    drawn = [faces.face(int(i)) for i in np.asarray(indices)]
    changed: list[Flags] = [changed_regions(f.change, f.aligned.part_map) for f in drawn]
    return np.asarray(np.mean(changed, axis=0))


def method_values(parts: Mapping[str, Arrays]) -> dict[str, Floats]:
    """Ten values of every method for one patient, ours first."""
    rivals = parts["rivals"]
    found = {
        OURS: region_values(parts["games"]["blur"]),
        OURS_INPAINT: region_values(parts["inpaint"]["inpaint"]),
    }
    for name, values in rivals.items():
        if name in HEAT_MAPS:
            found[f"{name}, summed"] = values
            found[f"{name}, mean"] = values / np.maximum(rivals["area"], 1.0)
        else:
            found[name] = values
    return found


def _of_methods(
    parts: Mapping[str, Arrays], truth: Mapping[str, Any]
) -> Iterator[tuple[str, float]]:
    twin = parts["games"]["twin"] @ CONTRAST
    reference = truth["reference"]
    for name, phi in {**method_values(parts), TRUTH: reference}.items():
        curves = curve_scores(twin, phi)
        yield f"rank: {name}", rank_agreement(phi, reference)
        yield f"size: {name}", rank_agreement(np.abs(phi), np.abs(reference))
        yield f"parameters: {name}", rank_agreement(phi, truth["parameters"])
        yield f"inside: {name}", inside_ratio(phi, truth["changed"])
        yield f"deletion: {name}", curves.deletion
        yield f"insertion: {name}", curves.insertion


def _without_truth(parts: Mapping[str, Arrays], extra: Arrays) -> dict[str, float]:
    """What can be said of a real photo too; the costly checks only where they were made."""
    first, second = parts["games"]["blur"], parts["inpaint"]["inpaint"]
    blur, inpaint = first @ CONTRAST, second @ CONTRAST
    phi, psi = region_values(first), region_values(second)
    own, crossed = curve_scores(blur, phi), curve_scores(inpaint, phi)
    found = {
        "agreement of the fills": rank_agreement(phi, psi),
        "deletion, own fill": own.deletion,
        "insertion, own fill": own.insertion,
        "deletion, other fill": crossed.deletion,
        "insertion, other fill": crossed.insertion,
        "infidelity, blur": infidelity(blur, phi),
        "infidelity, inpainting": infidelity(inpaint, psi),
        "output": float(blur[-1]),
        "output under blur": float(blur[0]),
    }
    if extra:
        found["max-sensitivity"] = float(extra["max_sensitivity"])
        found["agreement with shuffled weights"] = rank_agreement(
            phi, region_values(extra["shuffled"])
        )
    return found


def _of_self_checks(
    parts: Mapping[str, Arrays], calibration: Sequence[Calibrator]
) -> dict[str, Any]:
    """The check as the page makes it: of the class the network names, and of severity."""
    tables = (parts["games"]["blur"], parts["inpaint"]["inpaint"], parts["games"]["twin"])
    shares = [calibrated(table, *calibration) for table in tables]
    named = int(shares[0][-1].argmax())
    of_class = _of_self_check("named class", *(table[:, named] for table in tables))
    of_severity = _of_self_check("severity", *(expected_class(share) for share in shares))
    return {"named": CLASS_LABELS[named]} | of_class | of_severity


def _of_self_check(what: str, blur: Floats, inpaint: Floats, twin: Floats) -> dict[str, float]:
    """One output's check beside its truth: right is a rank correlation chance would not reach."""
    check = self_check(blur, inpaint)
    phi, reference = (shapley_values(t[:, None], len(FACE_PARTS))[:, 0] for t in (blur, twin))
    rank = rank_agreement(phi, reference)
    return {
        f"check agreement: {what}": check.agreement,
        f"check beaten: {what}": check.beaten,
        f"withheld: {what}": float(check.reason is not None),
        f"true rank: {what}": rank,
        f"right: {what}": float(rank >= least_agreement(len(FACE_PARTS))),
    }


def _read(path: Path) -> Arrays:
    with np.load(path, allow_pickle=False) as kept:
        return dict(kept)

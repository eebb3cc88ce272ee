"""Every published instrument for one patient, in one call."""

from face2bone.clinical.dxa import who_class, z_score
from face2bone.clinical.fracture_index import fracture_index, fracture_index_bmd
from face2bone.clinical.qfracture_score import qfracture_hip, qfracture_major
from face2bone.clinical.score import Score
from face2bone.clinical.selection import abone, body_weight, orai, osiris, ost, osta, score
from face2bone.patient import Patient


def published_scores(patient: Patient) -> tuple[Score, ...]:
    """All instruments, each with its value, "not applicable" and why, or what it needs.

    OST comes once, with the cut-off of the patient's sex. QFracture is for 10 years. The
    adjustment of an entered FRAX result is ``dxa.nogg_spine_hip``.
    """
    return (
        ost(patient),
        osta(patient),
        orai(patient),
        score(patient),
        osiris(patient),
        abone(patient),
        body_weight(patient),
        fracture_index(patient),
        fracture_index_bmd(patient),
        who_class(patient),
        z_score(patient),
        qfracture_major(patient),
        qfracture_hip(patient),
    )

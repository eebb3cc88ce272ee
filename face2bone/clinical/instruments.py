"""Every published instrument for one patient, in one call."""

from face2bone.clinical.ost import ost, osta
from face2bone.clinical.score import Score
from face2bone.patient import Patient


def published_scores(patient: Patient) -> tuple[Score, ...]:
    """All instruments, each with its value, "not applicable" and why, or what it needs."""
    return (ost(patient), osta(patient))

"""Fifty rounds of two sessions at once: never a swapped crop, map or concept."""

from face2bone.assess import Assessor
from face2bone.bundle import Bundle
from face2bone.modalities.face import FACE_INPUT
from face2bone.runtime import TorchEngine
from tests.cohort_explanations.sessions import both_alone, rounds_of_two

ROUNDS = 50


def test_two_sessions_at_once_never_see_each_others(tiny_bundle: Bundle) -> None:
    engine = TorchEngine(tiny_bundle.network, FACE_INPUT, threads=1, device="cpu")
    assessor = Assessor(tiny_bundle, engine)
    rounds_of_two(assessor, both_alone(assessor), ROUNDS, lambda n: print("round", n, flush=True))

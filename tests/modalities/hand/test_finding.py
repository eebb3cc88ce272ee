"""What a person is told of a found hand beside the network's answer."""

import re

from face2bone.drawn.film.patients import draw_film_patient
from face2bone.drawn.film.write import dicom_bytes
from face2bone.drawn.hand import HAND
from face2bone.drawn.hand.render import draw_hand
from face2bone.drawn.worlds import World
from face2bone.modalities.hand.finding import MEANING, find_hand, index_measures
from face2bone.modalities.hand.metacarpal_index import BoneIndex, MetacarpalIndex
from face2bone.modalities.radiograph import read_radiograph
from tests.conftest import ROOT


def test_a_fine_film_of_a_hand_gives_both_indices() -> None:
    patient = draw_film_patient(HAND.model, 900_771, World.PLANTED)
    hand = find_hand(read_radiograph(dicom_bytes(HAND, patient, draw_hand(patient, 0.3))))
    second, mean = hand.measures
    assert second.value is not None
    assert mean.value is not None
    assert abs(second.value - mean.value) < 0.15
    assert hand.told[0] == f"{patient.side.capitalize()} hand seen from behind, as the thumb shows."


def test_an_index_that_was_refused_says_why_and_has_no_number() -> None:
    refused = MetacarpalIndex(None, None, (), 0.5, True, "The film is too coarse.")
    assert [(one.value, one.why_not) for one in index_measures(refused)] == [
        (None, "The film is too coarse.")
    ] * 2
    uneven = BoneIndex(2, 0.4, 20.0, (3.0, 5.0), "The two walls differ.")
    second, mean = index_measures(MetacarpalIndex(None, 0.44, (uneven,), 0.2, True, ""))
    assert (second.value, second.why_not) == (None, "The two walls differ.")
    assert (mean.value, mean.why_not) == (0.44, "")


def test_the_cuts_named_are_those_of_the_published_table() -> None:
    text = (ROOT / "docs" / "research" / "hand.md").read_text("utf-8")
    table = text.split("| below | finding |")[1].split("\n\n")[0]
    cuts = [float(cut) for cut in re.findall(r"^\| (\.\d+) \|", table, re.MULTILINE)]
    assert len(cuts) == 5
    assert f"between {min(cuts):.3f} and {max(cuts):.3f}" in MEANING

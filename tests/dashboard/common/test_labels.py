"""No two options of a list may read alike: the label decides what was chosen."""

from typing import get_args

from hypothesis import given
from hypothesis import strategies as st

from face2bone.choices import GuidelineId
from face2bone.clinical.base_rates import load_base_rates
from face2bone.clinical.guideline import load_guideline
from face2bone.dashboard.common.labels import distinct
from face2bone.dashboard.review.answers import MENOPAUSE_WORDS
from face2bone.dashboard.review.export_step import LANGUAGES
from face2bone.dashboard.review.history_form import WORDS, answer_label
from face2bone.dashboard.review.patient_form import SEX_WORDS
from face2bone.modalities.face.parts import FACE_PARTS
from face2bone.records import DECISIONS, ConsentBy


def test_the_later_of_two_that_read_alike_is_numbered() -> None:
    labels = distinct({1: "P-1, 14:05", 2: "P-1, 14:05", 3: "P-1, 14:05", 4: "P-2, 14:05"})
    assert list(labels.values()) == [
        "P-1, 14:05",
        "P-1, 14:05, no. 2",
        "P-1, 14:05, no. 3",
        "P-2, 14:05",
    ]


@given(st.lists(st.text("ab, no.23", max_size=6), max_size=12))
def test_labels_are_always_distinct_and_the_first_of_a_kind_keeps_its_own(texts: list[str]) -> None:
    labels = distinct(dict(enumerate(texts)))
    assert len(set(labels.values())) == len(texts)
    assert all(labels[texts.index(text)] == text for text in texts)


def test_every_list_of_fixed_options_is_distinct() -> None:
    lists = [
        [load_guideline(one).title for one in get_args(GuidelineId)],
        [rate.setting for rate in load_base_rates().rates.values()],
        [region.label for region in FACE_PARTS],
        list(SEX_WORDS.values()),
        list(MENOPAUSE_WORDS.values()),
        list(LANGUAGES.values()),
        list(DECISIONS),
        [one.value for one in ConsentBy],
    ]
    lists += [
        [answer_label(member) for member in kind] for kind in {type(member) for member in WORDS}
    ]
    for options in lists:
        assert len(set(options)) == len(options), options

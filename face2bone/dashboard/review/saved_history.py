"""The further answers of a saved assessment, in the words of the form they were given in."""

from collections.abc import Iterator
from enum import Enum
from typing import Any, Final

from face2bone.dashboard.review.answers import MENOPAUSE_WORDS, SITES, T_SCORE, Z_SCORE, bone_score
from face2bone.dashboard.review.history_form import ASKED, NO, NONE, YES, answer_label
from face2bone.history import Fracture, History
from face2bone.history_file import parse_history
from face2bone.patient import Menopause
from face2bone.report.assessment.document_parts import PatientPart
from face2bone.words import message, template

LINE: Final = template("{question}: {answer}")


def further_answers(patient: PatientPart) -> Iterator[str]:
    """A sentence each for menopause and for every further question that was answered."""
    if patient.sex == "F":
        status = MENOPAUSE_WORDS[Menopause(patient.menopause)]
        yield message(LINE, question=template("Menopausal status"), answer=status)
    history = parse_history(patient.history)
    for name, question in ASKED.items():
        answer = getattr(history, name)
        if answer is not None:  # an empty list is the answer "none"
            yield message(LINE, question=question, answer=_words(answer))
    yield from _scores(history)


def _scores(history: History) -> Iterator[str]:
    """Of a DXA already measured, standard deviations."""
    for prefix, scores in ((T_SCORE, history.t_scores), (Z_SCORE, history.z_scores)):
        for site in SITES:
            score = getattr(scores, site)
            if score is not None:
                yield message(LINE, question=bone_score(prefix, site).title, answer=f"{score:g}")


def _words(answer: Any) -> str:
    if isinstance(answer, bool):
        return YES if answer else NO
    if isinstance(answer, Enum):
        return answer_label(answer)
    return message("{words}", words=tuple(_listed(answer))) if answer else NONE


def _listed(answers: Any) -> Iterator[str]:
    """Fractures in the order they were listed, diagnoses and medicines as the form has them."""
    for one in answers if isinstance(answers, tuple) else sorted(answers, key=_place):
        if isinstance(one, Fracture):
            site, age = answer_label(one.site), f"{one.age_years:g}"
            yield message("{site} at {age} years", site=site, age=age)
        else:
            yield answer_label(one)


def _place(answer: Enum) -> int:
    return list(type(answer)).index(answer)

"""The scores as text: every instrument, its source, and its disclaimer beside its value."""

from face2bone.clinical.instruments import published_scores
from face2bone.clinical.qfracture import disclaimer
from face2bone.patient import Patient, Sex
from face2bone.report.assessment.scores_text import WIDTH, scores_text

WOMAN = Patient(70, Sex.FEMALE, 160, 60)
TEXT = scores_text(published_scores(WOMAN))


def paragraphs(text: str) -> dict[str, str]:
    return {part.partition(":")[0]: " ".join(part.split()) for part in text.split("\n\n")}


def test_every_instrument_has_a_paragraph_with_its_source() -> None:
    shown = paragraphs(TEXT)
    for score in published_scores(WOMAN):
        assert score.words in shown[score.title]
        assert score.source.citation in shown[score.title]
        assert score.population in shown[score.title]


def test_the_disclaimer_stands_beside_every_qfracture_value() -> None:
    values = [part for title, part in paragraphs(TEXT).items() if title.startswith("QFracture")]
    assert len(values) == 2
    assert all(disclaimer() in part and "counted as no" in part for part in values)
    thin = scores_text(published_scores(Patient(70, Sex.FEMALE, 160, 45)))
    assert "20 to 40 kg/m2" in " ".join(thin.split())
    assert disclaimer() not in " ".join(thin.split())


def test_a_reached_cut_off_says_so() -> None:
    assert "OST, women: -2 points, moderate risk\n  DXA is suggested below 2 (reached)" in TEXT


def test_lines_fit_a_terminal() -> None:
    assert max(map(len, TEXT.splitlines())) <= WIDTH
    assert TEXT.endswith("\n")

"""All instruments together: each answers in one of three ways, and only one."""

from dataclasses import replace

from hypothesis import given, settings

from face2bone.clinical.instruments import published_scores
from face2bone.clinical.score import Instrument
from face2bone.history import History
from face2bone.patient import Menopause, Patient, Sex
from tests.clinical.people import anyone

OST = {Instrument.OST_WOMEN, Instrument.OST_MEN}


@settings(max_examples=80)
@given(anyone())
def test_a_value_or_a_reason_and_never_both(patient: Patient) -> None:
    for score in published_scores(patient):
        if score.value is None:
            assert bool(score.not_applicable) != bool(score.missing)
            assert (score.refers, score.band) == (None, "")
            assert score.words.startswith(("not applicable: ", "needs: "))
        else:
            assert not score.not_applicable
            assert (score.refers is None) == (score.cutoff_value is None)
        assert score.version
        assert score.source.citation
        assert score.population


@settings(max_examples=20)
@given(anyone())
def test_every_instrument_speaks_once(patient: Patient) -> None:
    spoken = [score.instrument for score in published_scores(patient)]
    assert len(spoken) == len(set(spoken))
    own = Instrument.OST_WOMEN if patient.sex is Sex.FEMALE else Instrument.OST_MEN
    assert set(spoken) == (set(Instrument) - OST - {Instrument.NOGG_SPINE_HIP}) | {own}


@settings(max_examples=40)
@given(anyone())
def test_no_women_s_instrument_scores_a_man_and_none_before_menopause(patient: Patient) -> None:
    for_all = {Instrument.QFRACTURE_MAJOR, Instrument.QFRACTURE_HIP, Instrument.Z_SCORE}
    for_men = {Instrument.OST_MEN, Instrument.WHO_CLASS} | for_all
    for_premenopausal = {Instrument.ORAI} | for_all
    scored = {s.instrument for s in published_scores(patient) if s.value is not None}
    if patient.sex is Sex.MALE:
        assert scored <= for_men
    elif patient.menopause is Menopause.PRE:
        assert scored <= for_premenopausal


@settings(max_examples=40)
@given(anyone())
def test_silence_never_invents_a_value(patient: Patient) -> None:
    """Without a history only the instruments that ask for none, or count it as no, speak."""
    silent = replace(patient, history=History())
    speaking = {s.instrument for s in published_scores(silent) if s.value is not None}
    assert speaking <= {
        *OST,
        Instrument.BODY_WEIGHT,
        Instrument.QFRACTURE_MAJOR,
        Instrument.QFRACTURE_HIP,
    }

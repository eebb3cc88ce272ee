"""The rules that read only what was typed in: red flags, eligibility, FRAX, scores.

They would be right without the face. Each yields the reasons that apply to a patient;
urgency is the highest any of them asks for.
"""

from collections.abc import Iterator
from typing import Final

from face2bone.bone import (
    OSTEOPENIA_CUT,
    OSTEOPOROSIS_CUT,
    BoneClass,
    bone_class,
    t_score_text,
)
from face2bone.clinical.eligibility import reads_by_z_score
from face2bone.clinical.frax import FRAX_AGE_RANGE, FraxResult, Standing, standing
from face2bone.clinical.guideline import Eligibility, FraxTable, Guideline
from face2bone.clinical.pathway import Urgency, load_pathway
from face2bone.clinical.questions import load_questions
from face2bone.clinical.reasons import (
    FRAX_ORDER,
    Reason,
    guideline_reason,
    highest,
    pathway_reason,
)
from face2bone.clinical.score import Instrument, Score
from face2bone.clinical.source import UNVERIFIED_MARK, unmarked
from face2bone.patient import Patient, RedFlag, RiskFactor, Sex
from face2bone.words import message

LOW_BMI: Final = 18.5  # kg/m2; NICE CG146 counts a lower one as a risk factor
CALLING_FOR_DXA: Final = (Instrument.OST_WOMEN, Instrument.OST_MEN, Instrument.ORAI)
BY_OSTA: Final = (Instrument.OSTA, Instrument.OST_MEN)
BEFORE_OSTA: Final = (Instrument.OST_WOMEN, Instrument.OST_MEN)  # ethnic group not told

Scores = tuple[Score, ...]


def typed_reasons(
    patient: Patient, scores: Scores, frax: FraxResult | None, guideline: Guideline
) -> list[Reason]:
    """Every reason the typed answers give, in no particular order."""
    found = [
        *_red_flags(patient),
        *_z_score_route(patient),
        *_eligibility(patient, frax, guideline),
        *_measured(patient),
        *_frax(patient, frax, guideline),
        *_scores(patient, scores, guideline),
    ]
    if highest(found) < Urgency.DXA:
        found.extend(_not_counted(patient, scores, guideline))
    return found


def risk_factors(patient: Patient) -> frozenset[RiskFactor]:
    """The factors ticked, and low weight where the body mass index shows it."""
    thin = {RiskFactor.LOW_WEIGHT} if patient.bmi < LOW_BMI else set[RiskFactor]()
    return patient.risk_factors | thin


def _words(factors: frozenset[RiskFactor]) -> tuple[str, ...]:
    questions = load_questions().risk_factors
    return tuple(question.words for factor, question in questions.items() if factor in factors)


def _red_flags(patient: Patient) -> Iterator[Reason]:
    for flag, question in load_questions().red_flags.items():
        if flag not in patient.red_flags:
            continue
        if flag is RedFlag.HIP_FRACTURE_EARLIER:
            yield pathway_reason("earlier_hip_fracture")
        else:
            yield pathway_reason("red_flag", flag=question.words)


def _z_score_route(patient: Patient) -> Iterator[Reason]:
    if not reads_by_z_score(patient):
        return
    who = message("men under 50") if patient.sex is Sex.MALE else message("women before menopause")
    yield pathway_reason("z_score", who=who)
    factors = risk_factors(patient)
    if factors:
        yield pathway_reason("z_score_risk_factor", factors=_words(factors))
    if RiskFactor.FRAGILITY_FRACTURE in factors:
        yield pathway_reason("young_fragility_fracture")


def _eligibility(
    patient: Patient, frax: FraxResult | None, guideline: Guideline
) -> Iterator[Reason]:
    placed = isinstance(_placed(patient, frax, guideline), Standing)
    by_z_score = reads_by_z_score(patient)
    factors = risk_factors(patient)
    for rule_id, rule in guideline.eligibility.items():
        present = factors & frozenset(rule.any_of)
        waits = (rule.until_frax and placed) or (rule.where_t_scores_apply and by_z_score)
        if waits or (rule.any_of and not present) or not _fits(rule, patient):
            continue
        yield guideline_reason(guideline, rule_id, factors=_words(present))


def _fits(rule: Eligibility, patient: Patient) -> bool:
    """Whether a rule's sex and ages are this patient's."""
    old_enough = rule.min_age is None or patient.age_years >= rule.min_age
    young_enough = rule.below_age is None or patient.age_years < rule.below_age
    return rule.sex in (None, patient.sex) and old_enough and young_enough


def _measured(patient: Patient) -> Iterator[Reason]:
    """A DXA result that already shows osteoporosis is not sent to DXA again but reviewed."""
    measured = patient.history.t_scores.measured
    if not measured or reads_by_z_score(patient):
        return
    if bone_class(min(measured)) is BoneClass.OSTEOPOROSIS:
        yield pathway_reason("dxa_osteoporosis", t_score=t_score_text(min(measured)))


def _frax(patient: Patient, frax: FraxResult | None, guideline: Guideline) -> Iterator[Reason]:
    """Without a FRAX result QFracture stands among the scores as context and asks for nothing."""
    if frax is None:
        return
    found = _placed(patient, frax, guideline)
    if isinstance(found, str):
        yield pathway_reason("frax_not_placed", result=frax.words, why=found)
    elif guideline.frax is not None:  # always so: only its table gives a standing
        yield _placed_reason(found, frax, guideline, guideline.frax)


def _placed(patient: Patient, frax: FraxResult | None, guideline: Guideline) -> Standing | str:
    """Where the FRAX result stands by the guideline, or in one phrase why nowhere."""
    if frax is None:
        return message("none was entered")
    table = guideline.frax
    youngest, oldest = FRAX_AGE_RANGE
    if not youngest <= patient.age_years < oldest + 1:
        return message(
            "FRAX is for ages {youngest} to {oldest}",
            youngest=f"{youngest:g}",
            oldest=f"{oldest:g}",
        )
    if table is None:
        return message("{guideline} names no threshold", guideline=guideline.title)
    if table.sex not in (None, patient.sex) or reads_by_z_score(patient):
        return table.outside
    row = table.row(patient.age_years)
    if row is None:
        first = table.rows[0].from_age
        return message(
            "{guideline} names no threshold before the age of {age}",
            guideline=guideline.title,
            age=f"{first:g}",
        )
    if table.low_bone_mass_only and frax.with_bmd and _bone_mass_is_normal(patient):
        return message(
            "{guideline} applies its thresholds to T-scores between {upper} and {lower}, and "
            "every T-score entered is above",
            guideline=guideline.title,
            upper=f"{OSTEOPENIA_CUT}",
            lower=f"{OSTEOPOROSIS_CUT}",
        )
    return standing(frax, row) or message(
        "{guideline} names no threshold for a result with BMD", guideline=guideline.title
    )


def _bone_mass_is_normal(patient: Patient) -> bool:
    """Whether every T-score entered is above -1.0, that of FRAX's own site among them."""
    scores = patient.history.t_scores
    return scores.femoral_neck is not None and min(scores.measured) > OSTEOPENIA_CUT


def _placed_reason(
    found: Standing, frax: FraxResult, guideline: Guideline, table: FraxTable
) -> Reason:
    category = found.category
    asked = (table.with_bmd if frax.with_bmd else table.without_bmd)[category]
    return Reason(
        rule=f"frax_{category.value}",
        text=message(
            "FRAX result of {result}: {category} by {guideline}, as {because} at this age.",
            result=frax.words,
            category=asked.label,
            guideline=guideline.title,
            because=found.because,
        ),
        urgency=asked.urgency,
        actions=asked.actions,
        source=table.citation(guideline.sources),
        verified=table.verified and guideline.sources[table.source].verified,
        order=FRAX_ORDER,
        version=guideline.title,
    )


def _scores(patient: Patient, scores: Scores, guideline: Guideline) -> Iterator[Reason]:
    if reads_by_z_score(patient):
        return
    for score in _calling(scores, guideline):
        if score.refers and score.value is not None:
            yield _score_reason(score)


def _not_counted(patient: Patient, scores: Scores, guideline: Guideline) -> Iterator[Reason]:
    """Why nothing here asks for DXA although a published score by itself would."""
    others = [score for score in scores if score.refers]
    if not others:
        return
    rule = load_pathway().rules["scores_not_counted"]
    titles = tuple(score.title.partition(",")[0] for score in others)
    sources = "; ".join(dict.fromkeys(unmarked(score.source.citation) for score in others))
    verified = all(score.source.verified for score in others)
    yield Reason(
        rule="scores_not_counted",
        text=message(rule.text, scores=titles, why=_which_count(patient, guideline)),
        urgency=rule.urgency,
        actions=rule.actions,
        source=sources if verified else f"{sources}{UNVERIFIED_MARK}",
        verified=verified,
        order=rule.order,
        version=f"instruments {others[0].version}",
    )


def _which_count(patient: Patient, guideline: Guideline) -> str:
    if reads_by_z_score(patient):
        return message("No score counts where classes by T-score are not defined")
    if patient.sex is Sex.MALE:
        return message("Only OST counts towards the suggestion")
    if not guideline.osta:
        return message("Only OST and ORAI count towards the suggestion")
    return message("Only OSTA counts, or OST while the ethnic group is not answered")


def _calling(scores: Scores, guideline: Guideline) -> Iterator[Score]:
    """The scores a guideline lets call for DXA.

    Where OSTA is asked for and the ethnic group was not told, OST for women stands in: it
    refers earlier, and a missing answer must not make the suggestion less cautious.
    """
    known = {score.instrument: score for score in scores}
    wanted: tuple[Instrument, ...] = CALLING_FOR_DXA
    if guideline.osta:
        osta = known.get(Instrument.OSTA)
        answered = osta is not None and osta.value is not None
        wanted = BY_OSTA if answered else BEFORE_OSTA
    yield from (known[instrument] for instrument in wanted if instrument in known)


def _score_reason(score: Score) -> Reason:
    pathway = load_pathway()
    rule = pathway.rules["score"]
    return Reason(
        rule=score.instrument.value,
        text=message(rule.text, title=score.title, value=f"{score.value:g}", cutoff=score.cutoff),
        urgency=rule.urgency,
        actions=rule.actions,
        source=score.source.citation,
        verified=score.source.verified,
        order=rule.order,
        version=f"instruments {score.version}",
    )

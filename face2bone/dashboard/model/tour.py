"""The tour for a demonstration: three drawn patients with a story each, and a slider.

Nobody in it exists, so what is drawn and computed may be shared by all visitors. Left alone, the
tour goes back to its beginning, for whoever comes next.
"""

import time
from dataclasses import dataclass
from typing import Final

import streamlit as st

from face2bone.bone import t_score_text
from face2bone.cohort_explanations.counterfactual import varied
from face2bone.dashboard.common import charts, elements, session
from face2bone.dashboard.common.language import say
from face2bone.dashboard.review.referral_step import first_reason
from face2bone.drawing.pictures import crop_png
from face2bone.runtime import Prediction
from face2bone.studies import Sample
from face2bone.studies.face2bone import FACE2BONE, demonstration
from face2bone.words import template

IDLE_SECONDS: Final = 120.0
"""After so long without a click the tour begins again."""
LOOK_SECONDS: Final = 10.0
STEPS: Final = 5
PICTURE: Final = 220  # pixels
DRAWN: Final = template(
    "Drawn, not people: the link between face and bone was made up, and nothing here says "
    "anything about a real person."
)


def samples() -> tuple[Sample, ...]:
    """The sample patients, of whom the tour shows three."""
    return FACE2BONE.ready().samples()


@dataclass(frozen=True)
class Stop:
    """One patient of the tour: which sample, the story, and what to look at."""

    sample: int
    story: str
    look: str


STOPS: Final = (
    Stop(
        0,
        template("She comes about her blood pressure. Her bones have never been checked."),
        template(
            "The suggestion comes from her age alone. A demonstration model can add nothing to it: "
            "that is the rule for every model that was trained on drawn faces."
        ),
    ),
    Stop(
        1,
        template("A friend of his has broken a hip, and he asks whether he should be tested."),
        template(
            "The model names two or three classes where one would promise too much. The suggestion "
            "says what speaks for a scan, and what does not."
        ),
    ),
    Stop(
        2,
        template("She is well, and is worried about her bones."),
        template(
            "Her bone was drawn as normal. Now move the slider below: her face loses bone, and the "
            "answer follows, although nothing else in the photo changes."
        ),
    ),
)


@dataclass(frozen=True)
class Seen:
    """What the model makes of one drawn photo: its crop as PNG, and the prediction."""

    crop: bytes
    prediction: Prediction


class Tour:
    """Where a visitor stands: a plain object, which a button's callback may change."""

    def __init__(self) -> None:
        self.stop, self.round, self.moved = 0, 0, False
        self.touched = time.monotonic()

    def go(self, step: int) -> None:
        """To another patient."""
        self.stop = min(max(self.stop + step, 0), len(STOPS) - 1)

    def restart(self) -> None:
        """To the beginning, with the slider where it stood."""
        self.stop, self.round, self.moved = 0, self.round + 1, False

    @property
    def begun(self) -> bool:
        """Whether there is anything to go back from."""
        return self.stop > 0 or self.moved

    @property
    def left(self) -> bool:
        """Whether nobody has clicked for long."""
        return self.begun and time.monotonic() - self.touched > IDLE_SECONDS


def tour() -> None:
    """Draw the stop at hand."""
    at: Tour = st.session_state.setdefault("tour", Tour())
    at.touched = time.monotonic()
    st.header(say("A tour of three patients"))
    st.caption(say(DRAWN))
    stop = STOPS[at.stop]
    sample = samples()[stop.sample]
    st.subheader(
        say("{place} of {stops}: {title}", place=at.stop + 1, stops=len(STOPS), title=sample.title),
        anchor=False,
    )
    st.markdown(say(stop.story))
    _patient(sample, stop)
    _slider(at, stop.sample)
    _buttons(at)
    _begin_again_when_left(at)


def _patient(sample: Sample, stop: Stop) -> None:
    with st.spinner(say("Looking at the drawn face …")):
        seen = _as_drawn(stop.sample, session.assessor().facts.sha256)
    referral = session.assessor().refer(sample.patient, seen.prediction)
    score = t_score_text(sample.drawn.t_score).replace("-", "−")
    with st.container(horizontal=True, gap="large"):
        with st.container(width=PICTURE):
            elements.picture(seen.crop, say("Drawn face: {title}", title=sample.title), PICTURE)
        with st.container(width=420):
            _bars(seen)
            st.caption(say("This face was drawn for a T-score of {score}.", score=score))
        with st.container(width=380):
            st.markdown(say("**Suggestion: {label}**", label=referral.urgency.label))
            st.markdown(say(first_reason(referral)))
            st.markdown(say(stop.look))


def _slider(at: Tour, sample: int) -> None:
    st.markdown(say("**What if this face lost bone?**"))
    step = st.slider(
        say("From a full face (0) to a gaunt one (5)"),
        0,
        STEPS,
        0,
        key=f"tour_loss_{at.round}_{sample}",
    )
    at.moved = step > 0
    with st.spinner(say("Drawing the face …")):
        seen = _with_loss(sample, step, session.assessor().facts.sha256)
    with st.container(horizontal=True, gap="large"):
        with st.container(width=PICTURE):
            elements.picture(
                seen.crop, say("The same drawn face at step {step}", step=step), PICTURE
            )
        with st.container(width=420):
            _bars(seen)
            st.caption(
                say(
                    "The orbit, the fold beside the nose and the jaw are drawn again; "
                    "light, pose and everything else stay. How the drawing ages is ours, "
                    "not anatomy measured."
                )
            )


def _bars(seen: Seen) -> None:
    shares = seen.prediction.probabilities
    elements.drawing(charts.probability_bars(session.assessor().facts.classes, shares))


def _buttons(at: Tour) -> None:
    last = at.stop == len(STOPS) - 1
    with st.container(horizontal=True):
        if at.stop:
            st.button(say("Back"), key="tour_back", on_click=at.go, args=(-1,))
        if not last:
            st.button(
                say("Next patient"), key="tour_next", type="primary", on_click=at.go, args=(1,)
            )
        if at.begun:
            st.button(say("Begin again"), key="tour_again", on_click=at.restart)


@st.fragment(run_every=LOOK_SECONDS)
def _begin_again_when_left(at: Tour) -> None:
    """Only this is run while nobody does anything, so that time passes."""
    if at.left:
        at.restart()
        st.rerun()


@st.cache_resource(show_spinner=False, max_entries=len(STOPS))
def _as_drawn(sample: int, _bundle_sha256: str) -> Seen:
    """The sample's own photo; nobody's, so it may be shared."""
    assessor = session.assessor()
    data = samples()[sample].photo_bytes()
    located = assessor.locate(assessor.tools.modality.read(data))
    return Seen(crop_png(located.aligned), assessor.predict(located))


@st.cache_resource(show_spinner=False, max_entries=len(STOPS) * (STEPS + 1))
def _with_loss(sample: int, step: int, _bundle_sha256: str) -> Seen:
    changes, drawn = demonstration().changes, samples()[sample].drawn
    found = varied(session.assessor(), changes, drawn, changes.along(step / STEPS))
    return Seen(crop_png(found.located.aligned), found.prediction)

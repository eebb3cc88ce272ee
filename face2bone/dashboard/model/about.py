"""The About page: what this is and is not, privacy, and a guided tour."""

import streamlit as st

from face2bone import __version__
from face2bone.choices import FIRST_STUDY
from face2bone.dashboard.common import elements, session
from face2bone.dashboard.common.language import say
from face2bone.dashboard.common.sign_in import page_for
from face2bone.dashboard.model.tour import tour
from face2bone.errors import Face2BoneError
from face2bone.roles import Permission
from face2bone.words import template

WHAT = template("""
Face2Bone is research software for one question: does a frontal face photograph hold
information about bone mass that is worth a DXA scan? It finds and aligns the face, gives
calibrated probabilities of normal bone mass, osteopenia and osteoporosis, shows which regions
and concepts the answer rests on, and suggests what next.

- **It is not a medical device.** It diagnoses nothing. DXA decides.
- **The model that ships is trained on drawn faces.** It knows nothing about real bones. Real
  photos run through every step, are marked as unlike its training faces, and never change a
  referral.
- **The photo checks cannot catch every unsuitable photo.** The age typed is not compared with the
  face, and a child's photo passes. Plain masks and scarves are refused; a patterned one, a hand or
  a photo of a photo may pass, and dark glasses only bring a remark.
- **The network is a reconstruction.** The Face2Bone study has published no code, weights or data.
  FaceNet, KAN, SHAP and CRAFT follow their papers; Frequency Sparse Attention (FSA) and the
  Spatial Supervised Attention Module (SSAM) are known only by name and purpose, so their design
  is ours.
""")

PRIVACY = template("""
- A photo stays in this session's memory. It is not written to disk, not cached for others, and
  gone when the session ends.
- Metadata such as place and time is dropped when the photo is read.
- No request leaves this machine.
- A download holds numbers and text, never the photo; the PDF shows the face crop only if you
  tick it.
""")


@page_for(Permission.READ)
def about() -> None:
    """Draw the page."""
    st.title(say("About Face2Bone"))
    try:
        card = session.assessor().bundle.card
        elements.banner(card.status)
        st.caption(
            say(
                "Version {version}, model {name} {of_model} ({status})",
                version=__version__,
                name=card.name,
                of_model=card.version,
                status=card.status,
            )
        )
        if card.study == FIRST_STUDY:  # its patients are drawn faces
            tour()
    except Face2BoneError as error:
        elements.refusal(error)
    st.header(say("What this is, and is not"))
    st.markdown(say(WHAT))
    st.header(say("Privacy"))
    st.markdown(say(PRIVACY))

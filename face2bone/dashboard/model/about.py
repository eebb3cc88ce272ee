"""The About page: what this is and is not, privacy, and a guided tour."""

import streamlit as st

from face2bone import __version__
from face2bone.dashboard.common import elements, session
from face2bone.errors import Face2BoneError

WHAT = """
Face2Bone is research software for one question: does a frontal face photograph hold
information about bone mass that is worth a DXA scan? It finds and aligns the face, gives
calibrated probabilities of normal bone mass, osteopenia and osteoporosis, shows which regions
and concepts the answer rests on, and suggests what next.

- **It is not a medical device.** It diagnoses nothing. DXA decides.
- **The model that ships is trained on drawn faces.** It knows nothing about real bones. Real
  photos run through every step, are marked as unlike its training faces, and never change a
  referral.
- **The photo's checks are no guard against every photo.** The age typed is not compared with the
  face, and a child's photo passes. Plain masks and scarves are refused; a patterned one, a hand or
  a photo of a photo may pass, and dark glasses only bring a remark.
- **The network is a reconstruction.** No code, weights or data of the Face2Bone study are public.
  FaceNet, KAN, SHAP and CRAFT follow their papers; Frequency Sparse Attention (FSA) and the
  Spatial Supervised Attention Module (SSAM) are known by name and purpose only and are our design.
"""

PRIVACY = """
- A photo stays in this session's memory. It is not written to disk, not cached for others, and
  gone when the session ends.
- Metadata such as place and time is dropped when the photo is read.
- No request leaves this machine.
- A download holds numbers and text, never the photo; the PDF shows the face crop only if you
  tick it.
"""

TOUR = """
1. **Review**: click a sample patient. The face is drawn, the details are filled in, and the answer
   stands beside them: the crop the model reads, the result in words, the suggestion and its reason.
2. Tick "Vertebral fracture within 2 years" and watch the suggestion change, whatever the photo
   says.
3. **Why**: the ten regions of the face and what each contributed, and the concepts.
4. **How far to trust it**: how often this model was right when it was this sure.
5. **What changes it**: every reason with its source, and each answer that would change it.
6. Then upload your own photo: the model says it has never seen anything like it.
"""


def about() -> None:
    """Draw the page."""
    st.title("About Face2Bone")
    try:
        card = session.assessor().bundle.card
        elements.banner(card.status)
        st.caption(f"Version {__version__}, bundle {card.name} {card.version} ({card.status})")
    except Face2BoneError as error:
        elements.refusal(error)
    st.header("What this is, and is not")
    st.markdown(WHAT)
    st.header("Privacy")
    st.markdown(PRIVACY)
    st.header("A guided tour for a demonstration")
    st.markdown(TOUR)

"""The face that was found: the crop and the verdict on the photo; on request every figure of it."""

from collections.abc import Sequence
from typing import Final

import streamlit as st

from face2bone.assess import LocatedFace, rejection
from face2bone.dashboard.common import elements, session
from face2bone.drawing.pictures import crop_png
from face2bone.errors import Face2BoneError, FaceError
from face2bone.modalities.face.mesh_picture import mesh_jpeg
from face2bone.modalities.face.quality import QualityCheck
from face2bone.modalities.photo import Photo

CROP_PIXELS: Final = 96
VERDICTS: Final = {
    "accept": ":green-badge[:material/check: Photo accepted]",
    "warn": ":orange-badge[:material/warning: Accepted, with warnings]",
    "reject": ":red-badge[:material/block: Photo rejected]",
}
VERDICT_WORDS: Final = {"accept": "OK", "warn": "warning", "reject": "rejected"}


def face_step(photo: Photo) -> LocatedFace | Face2BoneError:
    """Show what was found; the reason instead when there is no face that may be assessed."""
    st.header("Photo", anchor=False)
    try:
        with st.spinner("Looking for the face …"):
            found = session.located(photo)
    except FaceError as error:
        elements.refusal(error)
        return error
    with st.container(horizontal=True, vertical_alignment="center", wrap=False):
        elements.picture(crop_png(found.aligned), "The aligned ellipse crop", width=CROP_PIXELS)
        with st.container():
            st.markdown(VERDICTS[found.face.quality.status])
            if found.reasons:
                st.markdown("\n".join(f"- {reason}" for reason in found.reasons))
    return rejection(found) if found.rejected else found


def photo_details(photo: Photo, found: LocatedFace) -> None:
    """The landmarks on the photo, and every quality check with its figures."""
    mesh, checks = st.columns([1, 3], gap="medium")
    with mesh:
        drawn = session.review_case().once(
            session.key("mesh", found.photo_sha256), lambda: mesh_jpeg(photo, found.face)
        )
        elements.picture(drawn, "The photo with the landmark mesh", kind="jpeg")
        st.caption("The photo with 478 landmarks. The model reads the ellipse and nothing else.")
    with checks:
        _checks(found.face.quality.checks)


def _checks(checks: Sequence[QualityCheck]) -> None:
    elements.table(
        ("Check", "Value", "Warns at", "Rejects at", "Verdict"),
        [
            (
                c.name.replace("_", " ").capitalize(),
                f"{c.value:.3g} {c.unit}",
                f"{c.warn_limit:.3g}",
                "never" if c.reject_limit is None else f"{c.reject_limit:.3g}",
                VERDICT_WORDS[c.status],
            )
            for c in checks
        ],
    )

"""Step 2 of Review: the face that was found, the crop, and the quality verdict in words."""

from collections.abc import Sequence

import streamlit as st

from face2bone.assess import LocatedFace, rejection
from face2bone.dashboard.common import elements, session
from face2bone.drawing.pictures import crop_png
from face2bone.errors import Face2BoneError, FaceError
from face2bone.modalities.face.mesh_picture import mesh_jpeg
from face2bone.modalities.face.quality import QualityCheck
from face2bone.modalities.photo import Photo


def face_step(photo: Photo) -> LocatedFace | Face2BoneError:
    """Show what was found; the reason instead when there is no face that may be assessed."""
    elements.step(2, "Face found", "What the model will read: the ellipse, nothing around it.")
    try:
        with st.spinner("Looking for the face …"):
            found = session.located(photo)
    except FaceError as error:
        elements.refusal(error)
        return error
    mesh, crop, verdict = st.columns([2, 1, 2], gap="large")
    with mesh:
        drawn = session.review_case().once(
            session.key("mesh", found.photo_sha256), lambda: mesh_jpeg(photo, found.face)
        )
        elements.picture(drawn, "The photo with the landmark mesh", kind="jpeg")
        st.caption("The photo with 478 landmarks.")
    with crop:
        elements.picture(crop_png(found.aligned), "The aligned ellipse crop", width=200)
        st.caption("The aligned crop, 160 by 160 pixels.")
    with verdict:
        _verdict(found)
    return rejection(found) if found.rejected else found


def _verdict(found: LocatedFace) -> None:
    if found.rejected:
        st.error("Rejected: this photo gets no prediction.", icon=":material/block:")
    elif found.reasons:
        st.warning("Accepted with warnings.", icon=":material/warning:")
    else:
        st.success("Accepted.", icon=":material/check:")
    for reason in found.reasons:
        st.markdown(f"- {reason}")
    checks = found.face.quality.checks
    elements.folded("All checks with their figures", "all_checks", lambda: _checks(checks))


def _checks(checks: Sequence[QualityCheck]) -> None:
    elements.table(
        ("check", "value", "warn at", "reject at", "verdict"),
        [
            (
                c.name,
                f"{c.value:.3g} {c.unit}",
                f"{c.warn_limit:.3g}",
                "never" if c.reject_limit is None else f"{c.reject_limit:.3g}",
                c.status,
            )
            for c in checks
        ],
    )

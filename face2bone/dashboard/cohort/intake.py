"""What is given on the Cohort page: files, checked before anything is scored."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from face2bone.dashboard.cohort import jobs
from face2bone.dashboard.common import elements, session, uploads
from face2bone.dashboard.common.language import say, speaker
from face2bone.errors import Face2BoneError, ScoringError
from face2bone.words import plural, template

if TYPE_CHECKING:
    from face2bone.scoring.pictures import Pictures
    from face2bone.scoring.score_list import ScoreList

ZIP, FOLDER, FILES = template("ZIP file"), template("Folder"), template("Table and pictures")
MEGABYTES: Final = uploads.COHORT_BYTES // 2**20
HELP: Final = {
    ZIP: template("Pictures, with or without a table (CSV or parquet) among them."),
    FOLDER: template("Every picture in a folder and below it, with or without a table among them."),
    FILES: template("A table (CSV or parquet) and the pictures it names; or pictures alone."),
}
PRIVACY: Final = template(
    "The pictures are held in the memory of the computer that runs this page, and are deleted once "
    "the last one is scored. Nothing leaves that computer."
)
KEEP: Final = template(
    "Keep the pictures in memory after that, so that the cohort can be explained"
)
KEEP_HELP: Final = template(
    "Until you close the cohort, or nobody has looked at it for half an hour. If not ticked, they "
    "are deleted once the last one is scored."
)
TABLE_HELP: Final = template("""
A table needs the columns `patient_id` and `photo` (the picture's path from the table's folder). It
may have the other columns of a cohort's manifest, such as `sex`, `age_years` or `t_score`.
Identifiers stay as they are given. Without a table every picture is a row and bears its file's
name.
""")
_CHECKED: Final = "cohort_checked"
_ROUND: Final = "cohort_round"


def intake() -> None:
    """Ask for the files, say what is in them or what is wrong, and start."""
    source = st.segmented_control(
        say("Cohort from"),
        [ZIP, FOLDER, FILES],
        default=ZIP,
        format_func=speaker(),
        key="cohort_source",
        required=True,
    )
    files = _files(source or ZIP)
    st.caption(
        say(
            "{privacy} At most {megabytes} MB in total. For more, run `face2bone score` on a "
            "folder.",
            privacy=PRIVACY,
            megabytes=MEGABYTES,
        )
    )
    with st.expander(say("What a table may hold"), key="cohort_table_help"):
        st.markdown(say(TABLE_HELP))
    if not files:
        st.session_state.pop(_CHECKED, None)
        return
    try:
        listed, pictures = _checked(files)
    except Face2BoneError as error:
        elements.refusal(error)
        return
    _start(listed, pictures)


def _files(source: str) -> list[UploadedFile]:
    """The files in the box of this source, which is empty again after a cohort was begun."""
    key = f"cohort_{source}_{st.session_state.get(_ROUND, 0)}"
    help_text = say(HELP[source])
    if source == ZIP:
        one = st.file_uploader(say("ZIP file"), "zip", key=key, help=help_text)
        return [one] if one is not None else []
    if source == FOLDER:
        return st.file_uploader(
            say("Folder of pictures"), accept_multiple_files="directory", key=key, help=help_text
        )
    return st.file_uploader(
        say("Table and pictures"), accept_multiple_files=True, key=key, help=help_text
    )


def _checked(files: Sequence[UploadedFile]) -> "tuple[ScoreList, Pictures]":
    """The list and the pictures in these files, looked at once."""
    ids = tuple(file.file_id for file in files)
    kept = st.session_state.get(_CHECKED)
    if kept is None or kept[0] != ids:
        with st.spinner(say("Checking the rows …")):
            kept = (ids, read_files({file.name: file.getvalue() for file in files}, len(files)))
        st.session_state[_CHECKED] = kept
    found: tuple[ScoreList, Pictures] = kept[1]
    return found


def read_files(files: dict[str, bytes], count: int) -> "tuple[ScoreList, Pictures]":
    """One ZIP file, or ``count`` files by name; raises as ``score_list.listed`` does."""
    from face2bone.scoring.pictures import GivenPictures, ZipPictures
    from face2bone.scoring.score_list import listed

    if len(files) < count:
        raise ScoringError("Two of the files have the same name. Rename one, or give a ZIP file.")
    name, data = next(iter(files.items()))
    if count == 1 and name.lower().endswith(".zip"):
        return listed(ZipPictures(data))
    return listed(GivenPictures(files))


def _start(listed: "ScoreList", pictures: "Pictures") -> None:
    from face2bone.cohort_explanations.scored import why_not

    count = len(listed)
    patients = listed.table["patient_id"].nunique()
    st.success(
        say(
            "{pictures} of {patients}; every row is in order.",
            pictures=_pictures(count),
            patients=plural("1 patient", "{count} patients", patients),
        ),
        icon=":material/check:",
    )
    keep = (
        st.checkbox(say(KEEP), key="cohort_keep", help=say(KEEP_HELP))
        if not why_not(listed)
        else False
    )
    if st.button(
        say("Score {pictures}", pictures=_pictures(count)), type="primary", key="cohort_start"
    ):
        whose = jobs.visitor()
        root = jobs.jobs_folder(whose)
        jobs.delete_old(root.parent)
        assessor = session.assessor()
        jobs.begin(whose, lambda: jobs.Work(listed, pictures, assessor, root, keep))
        st.session_state.pop(_CHECKED, None)
        st.session_state[_ROUND] = st.session_state.get(_ROUND, 0) + 1
        uploads.let_go()
        st.rerun()


def _pictures(count: int) -> str:
    return plural("1 picture", "{count} pictures", count)

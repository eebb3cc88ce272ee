"""The report as PDF: one or two A4 pages, tagged (PDF/UA-1, PDF/A-2a), with its fonts inside.

``report.typ`` lays out the strings of ``page_of``. They travel as JSON and are set as text,
so nothing that was typed is read as markup. The compiler sees this package's folder only: no
system font, no package, no network.
"""

import json
from functools import cache
from pathlib import Path
from typing import Final

import typst

from face2bone.report.assessment.document import AssessmentDocument
from face2bone.report.assessment.page import Heading, page_of

FOLDER: Final = Path(__file__).parent
TEMPLATE: Final = FOLDER / "report.typ"


@cache
def _fonts() -> typst.Fonts:
    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[FOLDER / "fonts"],
    )


def to_pdf(document: AssessmentDocument, heading: Heading) -> bytes:
    """The report as PDF bytes; the same input gives the same bytes."""
    return typst.compile(
        TEMPLATE,
        root=FOLDER,
        font_paths=_fonts(),
        ignore_system_fonts=True,
        sys_inputs={"page": json.dumps(page_of(document, heading))},
        pdf_standards=["a-2a", "ua-1"],
        timestamp=heading.made_at.replace(microsecond=0),
        format="pdf",
    )

"""The report as PDF: one or two A4 pages, tagged (PDF/UA-1, PDF/A-2a), with its fonts inside.

``report.typ`` lays out the strings of ``page_of``. They travel as JSON and are set as text,
so nothing that was typed is read as markup. The compiler sees this package's folder only: no
system font, no package, no network.
"""

import json
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any, Final

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
    return typeset_pdf(TEMPLATE, page_of(document, heading), heading.made_at)


def typeset_pdf(template: Path, page: dict[str, Any], made_at: datetime | None) -> bytes:
    """The strings of a page laid out by a template.

    made_at: the file's date; without one it is for screens (PDF/UA) but not for keeping (PDF/A).
    """
    made: bytes = typst.compile(
        template,
        **_world(template, page),
        pdf_standards=["ua-1"] if made_at is None else ["a-2a", "ua-1"],
        timestamp=made_at and made_at.replace(microsecond=0),
        format="pdf",
    )
    return made


def typeset_png(template: Path, page: dict[str, Any], dots_per_inch: float) -> bytes:
    """The same as the picture of one page."""
    made: bytes = typst.compile(template, **_world(template, page), ppi=dots_per_inch, format="png")
    return made


def _world(template: Path, page: dict[str, Any]) -> dict[str, Any]:
    """All that the compiler gets to see."""
    return {
        "root": template.parent,
        "font_paths": _fonts(),
        "ignore_system_fonts": True,
        "sys_inputs": {"page": json.dumps(page)},
    }

"""Cut the fonts of the PDF report out of Noto Sans CJK, as Debian packages it.

Run it only to make them anew (apt-get install fonts-noto-cjk, a few minutes):
.venv/bin/python tools/make_report_fonts.py

Latin letters come in regular and bold, Chinese in regular only, with the characters
that ``face2bone.report.assessment.glyphs`` lists. The family gets a name of its own, because a
modified font is not the font its authors named. The same input gives the same bytes.
"""

import sys
from pathlib import Path

from fontTools import subset
from fontTools.ttLib import TTFont

from face2bone.report.assessment.glyphs import DRAWN, LATIN

FONTS = Path(__file__).resolve().parent.parent / "face2bone" / "report" / "assessment" / "fonts"
SOURCE = Path("/usr/share/fonts/opentype/noto")
FACE_OF_SIMPLIFIED_CHINESE = 2  # in the collection: JP, KR, SC, TC, HK, then the monospaced


def cut(weight: str, family: str, characters: frozenset[int]) -> Path:
    """Write one font with only these characters; returns its path."""
    options = subset.Options(
        font_number=FACE_OF_SIMPLIFIED_CHINESE,
        hinting=False,
        layout_features=["kern"],
        drop_tables=["VORG", "vhea", "vmtx", "BASE"],  # upright setting only
        notdef_outline=True,
        recalc_timestamp=False,
    )
    font = subset.load_font(str(SOURCE / f"NotoSansCJK-{weight}.ttc"), options)
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=characters)
    cutter.subset(font)
    _rename(font, family, weight)
    path = FONTS / f"{family.replace(' ', '')}-{weight}.otf"
    subset.save_font(font, str(path), options)
    return path


def _rename(font: TTFont, family: str, weight: str) -> None:
    names = {
        1: family,
        2: weight,
        3: f"{family} {weight}, cut from Noto Sans CJK SC",
        4: f"{family} {weight}",
        6: f"{family.replace(' ', '')}-{weight}",
    }
    kept = [entry for entry in font["name"].names if entry.nameID in {0, 5, 13, 14}]
    font["name"].names = kept
    for number, text in names.items():
        font["name"].setName(text, number, 3, 1, 0x409)
    font["CFF "].cff.fontNames = [names[6]]
    top = font["CFF "].cff.topDictIndex[0]
    top.FamilyName, top.FullName = family, names[4]


if __name__ == "__main__":
    if not SOURCE.is_dir():
        sys.exit("Noto Sans CJK is not installed here: apt-get install fonts-noto-cjk.")
    FONTS.mkdir(exist_ok=True)
    for made in (
        cut("Regular", "Face2Bone Sans", LATIN),
        cut("Bold", "Face2Bone Sans", LATIN),
        cut("Regular", "Face2Bone Sans SC", DRAWN),
    ):
        print(f"{made.name}: {made.stat().st_size} bytes")

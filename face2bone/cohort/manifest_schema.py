"""The columns of a manifest and the rules they keep, as a pandera schema; each breach in words.

What is read into a table, and raised, is ``manifest``'s; a list of pictures to score keeps the same
rules of some of these columns (``scoring.score_list``).
"""

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from face2bone.bone import CLASS_LABELS, Boundary, bone_class
from face2bone.cohort.photo_paths import RULES, file_identity, is_file_inside, obeys_rules
from face2bone.cohort.row_rules import (
    FREE_TEXT,
    IDENTIFIER,
    broken,
    clause,
    is_free_text,
    is_identifier,
)
from face2bone.errors import ManifestError
from face2bone.patient import AGE_RANGE, HEIGHT_RANGE, WEIGHT_RANGE, Sex
from face2bone.reference import ReferenceMethod
from face2bone.words import made_of, message, template

LABELS: Final = ("t_score", "bone_mass_class")  # at least one
OPTIONAL: Final = (
    *("site", "device", "photo_consent"),
    *("study", "laterality", "reference_method"),
)
CONSENTS: Final = "yes"  # in photo_consent; with any other cell the face is not shown
COLUMNS: Final = (
    *("patient_id", "photo", "sex", "age_years", "height_cm", "weight_kg"),
    *LABELS,
    *("dxa_site", "acquired_on"),
    *OPTIONAL,
)
REQUIRED: Final = tuple(c for c in COLUMNS if c not in LABELS + OPTIONAL)
ALWAYS: Final = tuple(c for c in REQUIRED if c != "dxa_site")  # also where nobody had a DXA
SIDES: Final = ("left", "right")
DXA_SITES: Final = ("lumbar_spine", "femoral_neck", "total_hip", "one_third_radius", "lowest")
T_SCORE_RANGE: Final = (-8.0, 8.0)  # SD; outside it is a slip of the pen, not a bone
WRITTEN_DAY: Final = template("must be a date written YYYY-MM-DD")
_STUDY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, order=True)
class Breach:
    """One broken rule: the spreadsheet row, the place of its column in ``COLUMNS``, the rule.

    ``cell`` is what stands there, empty where nothing does.
    """

    row: int
    place: int
    rule: str
    cell: str = ""

    @property
    def words(self) -> str:
        """Row, column, cell and rule, as a clause of a sentence."""
        return clause(self.row, COLUMNS[self.place], self.cell, self.rule)


def manifest_schema(root: Path, boundary: Boundary = Boundary.WHO) -> pa.DataFrameSchema:
    """The pandera schema of a parsed manifest whose photos lie under ``root``.

    Every check's ``error`` is the rule in words; a check over rows is named by its column.
    """
    free = cell_rule(is_free_text, FREE_TEXT)
    checks = {
        "patient_id": [cell_rule(is_identifier, IDENTIFIER)],
        "photo": _photo_checks(root),
        "sex": [_one_of([sex.value for sex in Sex])],
        "age_years": [_within(AGE_RANGE, template("years"))],
        "height_cm": [_within(HEIGHT_RANGE, "cm")],
        "weight_kg": [_within(WEIGHT_RANGE, "kg")],
        "t_score": [_within(T_SCORE_RANGE, "SD", may_be_empty=True)],
        "bone_mass_class": [_one_of(["", *CLASS_LABELS])],
        "dxa_site": [_one_of(["", *DXA_SITES])],
        "acquired_on": [cell_rule(lambda v: v is not None, WRITTEN_DAY)],
        "site": [free],
        "device": [free],
        "photo_consent": [_one_of(["", CONSENTS, "no"])],
        "study": [
            cell_rule(_is_study, template("must be a study's id, as face2bone studies lists them")),
            _same(),
        ],
        "laterality": [_one_of(["", *SIDES])],
        "reference_method": [_one_of(list(ReferenceMethod)), _same()],
    }
    columns = {
        name: pa.Column(checks=rules, nullable=True, required=name in ALWAYS)
        for name, rules in checks.items()
    }
    return pa.DataFrameSchema(columns, checks=_row_checks(boundary), strict=True)


def schema_breaches(table: pd.DataFrame, schema: pa.DataFrameSchema) -> list[Breach]:
    """What a parsed table breaks of a schema such as ``manifest_schema`` makes."""
    try:
        schema.validate(table, lazy=True)
    except SchemaErrors as error:
        # Cell by cell first ("Column" sorts before "DataFrameSchema"): the first breach is shown.
        cases = error.failure_cases.sort_values("schema_context", kind="stable")
        wide = cases["schema_context"] == "DataFrameSchema"
        rules = _rules_of(schema)
        # A check over whole rows is listed once for each column: its text starts with its own.
        column = cases["column"].where(~wide, cases["check"].str.partition(": ")[0])
        said = [
            str(made_of(rules[text]).blanks["rule"]) if of_rows else rules[text]
            for text, of_rows in zip(cases["check"], wide, strict=True)
        ]
        return [
            breach(*case) for case in zip(cases["index"].astype(int), column, said, strict=True)
        ]
    return []


def breach(row: int, column: str, rule: str) -> Breach:
    """A rule broken in the cell of a row and column."""
    return Breach(int(row), COLUMNS.index(column), rule)


def with_cell(breach: Breach, cells: pd.DataFrame) -> Breach:
    """The same breach with what stands in its cell of the table as it was read."""
    column = COLUMNS[breach.place]
    cell = cells.at[breach.row, column] if column in cells.columns else ""
    return replace(breach, cell=cell)


def breach_summary(name: str, breaches: Sequence[Breach]) -> ManifestError:
    """The error of one breach for each cell (the first found), in reading order, ten at most."""
    first: dict[tuple[int, int], Breach] = {}
    for breach in breaches:
        first.setdefault((breach.row, breach.place), breach)
    return broken(name, [breach.words for breach in sorted(first.values())])


def _rules_of(schema: pa.DataFrameSchema) -> dict[str, str]:
    """Every check's rule by its text: pandera hands on a plain copy, which no page can say."""
    checks = [check for column in schema.columns.values() for check in column.checks]
    return {str(check.error): check.error for check in (*checks, *schema.checks)}


def cell_rule(test: Callable[[Any], bool], says: str) -> pa.Check:
    """A pandera check of one cell; ``says`` is the rule in words."""
    return pa.Check(test, element_wise=True, ignore_na=False, error=says)


def _within(limits: tuple[float, float], unit: str, may_be_empty: bool = False) -> pa.Check:
    low, high = limits
    return cell_rule(
        lambda v: low <= v <= high or (may_be_empty and math.isnan(v)),
        message("must be {low} to {high} {unit}", low=f"{low:g}", high=f"{high:g}", unit=unit),
    )


def _one_of(values: Sequence[str]) -> pa.Check:
    shown = tuple(filter(None, values))
    return cell_rule(lambda v: v in values, message("must be one of {values}", values=shown))


def _same() -> pa.Check:
    """One manifest is of one study, and its T-scores of one method: they do not compare."""
    rule = template("must be the same in every row")
    return pa.Check(lambda cells: cells == cells.iloc[0], error=rule)


def _is_study(value: str) -> bool:
    return _STUDY.fullmatch(value) is not None


def _photo_checks(root: Path) -> list[pa.Check]:
    """The path as written, then the file, then that no earlier row names it."""

    def is_there(value: str) -> bool:
        # A path that breaks a rule is reported by that rule.
        return not obeys_rules(value) or is_file_inside(root, value)

    def is_first(photos: pd.Series) -> pd.Series:
        return ~photos.map(lambda value: file_identity(root, value)).duplicated()

    return [
        *(cell_rule(test, says) for test, says in RULES),
        cell_rule(is_there, template("names no file in the manifest's folder")),
        pa.Check(is_first, error=template("names a photo that an earlier row names")),
    ]


def _row_checks(boundary: Boundary) -> list[pa.Check]:
    """Rules about several cells, each worded as ``column: rule``."""
    minus_one = bone_class(-1.0, boundary).label

    def agrees(row: pd.Series) -> bool:
        name, score = row.get("bone_mass_class", ""), row.get("t_score", math.nan)
        return not name or math.isnan(score) or name == bone_class(score, boundary).label

    def has_label(row: pd.Series) -> bool:
        return bool(row.get("bone_mass_class", "")) or not math.isnan(row.get("t_score", math.nan))

    def names_site(row: pd.Series) -> bool:
        by_dxa = row.get("reference_method", ReferenceMethod.DXA) == ReferenceMethod.DXA
        return bool(by_dxa) == bool(row.get("dxa_site", ""))

    def is_measured(row: pd.Series) -> bool:
        by_nothing = row.get("reference_method", "") == ReferenceMethod.NONE
        return not by_nothing or math.isnan(row.get("t_score", math.nan))

    def one_sex(table: pd.DataFrame) -> pd.Series:
        return table["sex"] == table.groupby("patient_id")["sex"].transform("first")

    said = message(
        "must agree with t_score by the {boundary} rule (T = -1.0 is {minus_one})",
        boundary=boundary.name,
        minus_one=minus_one,
    )
    sites = message(
        "must be one of {sites} where DXA measured, and empty where it did not", sites=DXA_SITES
    )
    empty = template("must be empty where reference_method is none")
    given = template("must be given where bone_mass_class is empty")
    same = template("must be the same in every row of a patient")
    return [
        cell_rule(names_site, _of_column("dxa_site", sites)),
        cell_rule(is_measured, _of_column("t_score", empty)),
        cell_rule(has_label, _of_column("t_score", given)),
        cell_rule(agrees, _of_column("bone_mass_class", said)),
        pa.Check(one_sex, error=_of_column("sex", same)),
    ]


def _of_column(column: str, rule: str) -> str:
    return message("{column}: {rule}", column=column, rule=rule)

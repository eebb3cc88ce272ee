"""Assessments of schema 1.1 to 1.3 in the shape of 2.0: by name where they went by position.

All of them are of one study, faces in three classes of bone mass, which they did not need to say.
No figure and no sentence changes. Schema 1.0 is not among them: it held neither the base rates
that stand beside every probability nor the guideline, and nobody can add them now.
"""

from collections.abc import Mapping
from typing import Any, Final

from face2bone.studies.face2bone import FACE2BONE
from face2bone.words import message, template

STUDY: Final = "face2bone"
CLASSES: Final = ("normal", "osteopenia", "osteoporosis")
READ_VERSIONS: Final = ("1.1", "1.2", "1.3")
SAYS_NO_RESULT: Final = "1.3"  # the first schema in which there may be none

Values = dict[str, Any]


def upgraded(values: Mapping[str, Any]) -> Values:
    """The values of an older document in the shape of 2.0; those of another one as they are.

    What has the wrong shape is handed on for the schema to refuse by name. Raises ``ValueError``
    for what an older schema did not hold, or could not hold twice.
    """
    version = values.get("schema_version")
    if version not in READ_VERSIONS:
        return dict(values)
    added = {
        "schema_version": "2.0",
        "study": STUDY,
        "classes": list(CLASSES),
        "parts": parts_of_then(),
    }
    for name in added.keys() - {"schema_version"} & values.keys():
        raise ValueError(message("schema {version} holds no {field}", version=version, field=name))
    if version != SAYS_NO_RESULT and "no_result" in values:
        raise ValueError(
            message("schema {version} holds no {field}", version=version, field="no_result")
        )
    return {**values, **added, "regions": _games(values.get("regions"))}


def parts_of_then() -> list[Values]:
    """The ten parts of a face, which is all that could be shown, as a document names them."""
    return [
        {"id": part.id, "label": part.label, "side": part.side}
        for part in FACE2BONE.ready().modality.parts
    ]


def _games(games: Any) -> Any:
    return [_game(game) for game in games] if isinstance(games, list) else games


def _game(game: Any) -> Any:
    """``fill`` became ``baseline``; the list of regions became values by the part's id."""
    if not isinstance(game, Mapping) or not isinstance(game.get("regions"), list):
        return game
    rest = {("baseline" if k == "fill" else k): v for k, v in game.items() if k != "regions"}
    return rest | {"values": _by_id(game["regions"])}


def _by_id(rows: list[Any]) -> Any:
    if not all(isinstance(row, Mapping) and set(row) == {"region", "values"} for row in rows):
        return rows
    ids = [str(row["region"]) for row in rows]
    if len(set(ids)) < len(ids):
        raise ValueError(template("a region stands twice in one table of values"))
    return {part_id: row["values"] for part_id, row in zip(ids, rows, strict=True)}

"""What could be known at best of drawn patients of one kind of film."""

from functools import partial

from face2bone.drawn.film.kind import FilmKind
from face2bone.drawn.film.patients import draw_film_cohort, film_oracle
from face2bone.studies.demonstration import DrawnPatients


def drawn_films(kind: FilmKind) -> DrawnPatients:
    """The patients of a kind of film, as its generator's version draws them."""
    return DrawnPatients(
        mark={"film": kind.name, "generator_version": kind.version},
        patients=partial(draw_film_cohort, kind.model),
        oracle=partial(film_oracle, kind.model),
    )

"""One scoring job on several processes or machines: a Ray Data job whose actors hold the model.

Each actor has a locator and an engine of its own. What travels to it is a picture's name and, where
the model reads them, its covariates; the picture is read where it is scored, so the folder or
archive must lie under the same path on every machine. What comes back is one row a picture, as the
journal keeps it. Ray gives the pictures of an actor that died to another one; a row is appended
once, by the process that the person started, and whatever stops that one loses nothing.
"""

import logging
from collections.abc import Generator, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from socket import gethostname
from typing import Any, Final

from face2bone.assess import Assessor
from face2bone.bundle import load_bundle
from face2bone.choices import EngineKind
from face2bone.cluster import connected
from face2bone.errors import Face2BoneError, ScoringError
from face2bone.runtime import make_engine
from face2bone.scoring.job import Item, Job, gone, row_of, sha256_of
from face2bone.scoring.journal import ScoredRow, as_line, row_of_line
from face2bone.scoring.pictures import Pictures

BATCH: Final = 8
"""Pictures that an actor takes at a time: few are done again where one dies."""


@dataclass(frozen=True)
class Model:
    """What an actor loads: a bundle's folder and hash, the kind of engine, and its whole name."""

    folder: Path
    sha256: str
    engine: EngineKind
    engine_name: str


class Scorer:
    """An actor: the model, loaded once, and the pictures that are given to it."""

    def __init__(self, model: Model, pictures: Pictures) -> None:
        self._pictures, self._differs = pictures, ""
        try:
            bundle = load_bundle(model.folder)
            # One thread: as many actors as cores, and the same figures whatever machine has them.
            self._assessor = Assessor(bundle, make_engine(bundle, model.engine, threads=1))
        except Face2BoneError as error:
            self._differs = f"{gethostname()}: {str(error).rstrip('.')}"
            return
        found = (self._assessor.facts.sha256, self._assessor.engine.name)
        if found != (model.sha256, model.engine_name):
            self._differs = f"{gethostname()}: {self._assessor.engine.name}"

    def __call__(self, batch: dict[str, Any]) -> dict[str, list[str]]:
        """Of each picture a row's ``line``; where there is none, its ``name`` and what is read
        ``now``; ``differs``: machine, and what is loaded there, where it is not what was asked for.
        """
        items = [Item(**one | {"beside": tuple(one["beside"])}) for one in batch["item"]]
        scored = [self._scored(item) for item in items]
        return {key: [one[key] for one in scored] for key in ("line", "name", "now", "differs")}

    def _scored(self, item: Item) -> dict[str, str]:
        nothing = {"line": "", "name": item.name, "now": "", "differs": ""}
        if self._differs:
            return nothing | {"differs": self._differs}
        try:
            return nothing | {"line": as_line(row_of(self._assessor, self._pictures, item))}
        except ScoringError:
            return nothing | {"now": sha256_of(self._pictures, item.name)}


@dataclass(frozen=True)
class Cluster:
    """Scores on ``workers`` actors of a cluster; ``address`` as in ``connected``."""

    address: str
    workers: int
    bundle: Path

    def __call__(self, job: Job, items: Sequence[Item]) -> Generator[ScoredRow]:
        """A row of each item as it is done. Raises ``ClusterError`` for what Ray refuses."""
        if not items:
            return
        engine = job.assessor.engine.name
        model = Model(self.bundle.resolve(), job.assessor.facts.sha256, _kind(engine), engine)
        with connected(self.address, self.workers):
            for result in self._results(model, job.pictures, items):
                yield _row(result, engine)

    def _results(
        self, model: Model, pictures: Pictures, items: Sequence[Item]
    ) -> Iterator[dict[str, str]]:
        import ray.data

        logging.getLogger("ray.data").setLevel(logging.ERROR)
        blocks = -(-len(items) // BATCH)
        pending = [{"item": asdict(item)} for item in items]
        results = ray.data.from_items(pending, override_num_blocks=blocks).map_batches(
            Scorer,
            fn_constructor_args=(model, pictures),
            batch_size=BATCH,
            compute=ray.data.ActorPoolStrategy(size=self.workers),
            num_cpus=1,
        )
        return iter(results.iter_rows())


def _kind(engine: str) -> EngineKind:
    """The kind of engine that this machine chose, so that every actor takes the same."""
    return "openvino" if engine.startswith("openvino") else "torch"


def _row(result: dict[str, str], engine: str) -> ScoredRow:
    if result["differs"]:
        raise ScoringError(
            "A machine of the cluster has another model or none, or runs it otherwise ({there}; "
            "here {engine}). Copy the model to the same path there, and set FACE2BONE_ENGINE to "
            "what every machine has.",
            there=result["differs"],
            engine=engine,
        )
    if not result["line"]:
        raise gone(result["name"], result["now"])
    return row_of_line(result["line"])

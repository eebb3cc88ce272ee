"""Training: from a cohort, real or drawn, to a bundle.

Both ways in load their modules when called: worker processes that only align photos import
this package too, and need neither torch nor Lightning.
"""

from pathlib import Path

from face2bone.progress import Progress
from face2bone.training.bars import Bars

__all__ = ["Bars", "Progress", "train", "train_demo", "train_on_ages"]


def train(
    manifest: Path,
    out: Path,
    recipe: str | Path | None = None,
    seed: int = 0,
    progress: Progress | None = None,
    licence: str = "",
    trunk: Path | None = None,
) -> Path:
    """See ``face2bone.training.run.train``."""
    from face2bone.training.run import train as run

    return run(manifest, out, recipe, seed, progress, licence, trunk)


def train_demo(out: Path, progress: Progress | None = None) -> Path:
    """See ``face2bone.training.demo.train_demo``."""
    from face2bone.training.demo import train_demo as run

    return run(out, progress=progress)


def train_on_ages(
    manifest: Path,
    out: Path,
    seed: int = 0,
    progress: Progress | None = None,
    licence: str = "",
    trunk: Path | None = None,
) -> Path:
    """See ``face2bone.training.years_run.train_on_ages``."""
    from face2bone.training.years_run import train_on_ages as run

    return run(manifest, out, seed, progress, licence, trunk)

"""Draw the sample patients' photos anew into the package: ``python -m tools.draw_samples``."""

from face2bone.atomic_files import write_whole
from face2bone.drawn.face.samples import FOLDER, drawn_photos


def main() -> None:
    """Write every photo over the one that is there."""
    FOLDER.mkdir(exist_ok=True)
    for name, photo in drawn_photos().items():
        print(write_whole(FOLDER / name, photo))


if __name__ == "__main__":
    main()

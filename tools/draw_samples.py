"""Draw the sample patients' pictures anew into the package: ``python -m tools.draw_samples``."""

from face2bone.atomic_files import write_whole
from face2bone.drawn.face import samples as face
from face2bone.drawn.hand import kind as hand
from face2bone.drawn.knee import kind as knee


def main() -> None:
    """Write every picture over the one that is there."""
    drawn = {
        face.FOLDER: face.drawn_photos,
        knee.FOLDER: knee.drawn_knees,
        hand.FOLDER: hand.drawn_hands,
    }
    for folder, draw in drawn.items():
        folder.mkdir(exist_ok=True)
        for name, picture in draw().items():
            print(write_whole(folder / name, picture))


if __name__ == "__main__":
    main()

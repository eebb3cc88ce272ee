"""Everything a drawn face is made of, as frozen numbers, and how they are drawn.

Units and ranges stand at each dataclass; `parameters.draw_parameters` draws plausible values.
"""

from dataclasses import dataclass
from enum import Enum
from typing import Final

from face2bone.drawn.face.identity import IDENTITY_NAMES
from face2bone.drawn.face.numerics import Rgb


@dataclass(frozen=True)
class Ageing:
    """Skeletal ageing of a face.

    orbit, maxilla, nasolabial, jaw, temple: bone loss and the fold it leaves, in mm-like
    units; meant for -1 (fuller than average) to about 7 (gaunt). wrinkle: 0 to 1.4.
    """

    orbit: float = 0.0
    maxilla: float = 0.0
    nasolabial: float = 0.0
    jaw: float = 0.0
    temple: float = 0.0
    wrinkle: float = 0.0


AGEING_NAMES: Final = ("orbit", "maxilla", "nasolabial", "jaw", "temple", "wrinkle")


class HairStyle(Enum):
    """How the hair is worn."""

    BACK = "back"
    SHORT_BACK = "short_back"
    CROP = "crop"
    PARTED = "parted"
    LONG = "long"
    LONG_PARTED = "long_parted"
    BOB = "bob"
    BALD = "bald"


@dataclass(frozen=True)
class Skin:
    """melanin 0..1, warmth (z-score), haemoglobin about .4..1.1, oil about .4..1.2."""

    melanin: float
    warmth: float
    haemoglobin: float
    oil: float
    under_eye: float
    spots: float
    freckles: float


@dataclass(frozen=True)
class Eyes:
    """Lid openings, widths and radii in mm; tilt lifts the outer corner; hood 0..1."""

    upper: float
    lower: float
    half_width: float
    tilt: float
    peak: float
    crease_height: float
    crease_depth: float
    iris_radius: float
    pupil_radius: float
    gaze: tuple[float, float]
    hood: float
    lash: float
    iris_rgb: Rgb


@dataclass(frozen=True)
class Brows:
    """thickness, arch, y and extra length in mm; density and darkness 0..1."""

    thickness: float
    arch: float
    y: float
    density: float
    darkness: float
    length: float


@dataclass(frozen=True)
class Lips:
    """Heights of the lips in mm; cupid's bow, lifted corners, redness 0..1, asymmetry."""

    upper: float
    lower: float
    bow: float
    corner: float
    red: float
    asymmetry: float


@dataclass(frozen=True)
class Hair:
    """rgb 0..255 after greying; volume and line in mm; recession and beard from 0 up."""

    style: HairStyle
    rgb: Rgb
    grey: float
    volume: float
    line: float
    recession: float
    mirrored: bool
    variant: int
    beard: float


@dataclass(frozen=True)
class Glasses:
    """Half width, half height and rim thickness in mm; squareness: exponent of the outline."""

    half_width: float
    half_height: float
    squareness: float
    rim: float
    rgb: Rgb


@dataclass(frozen=True)
class Pose:
    """Head rotation in radians."""

    yaw: float
    pitch: float
    roll: float


@dataclass(frozen=True)
class Light:
    """Direction of the key light in radians, strengths of key and ambient, warmth (z-score)."""

    azimuth: float
    elevation: float
    key: float
    ambient: float
    warmth: float


@dataclass(frozen=True)
class Backdrop:
    """What is behind the head: kind 0 plain, 1 vignette, 2 blurred stripes; clothes 0..255."""

    kind: int
    rgb: Rgb
    gradient: float
    clothes_rgb: Rgb
    collar: float
    v_neck: bool


@dataclass(frozen=True)
class Camera:
    """scale in px per mm at 256 px, offsets in px at 256 px, blur in px, JPEG quality."""

    scale: float
    dx: float
    dy: float
    blur: float
    noise: float
    jpeg: int
    gain: float


@dataclass(frozen=True)
class FaceParameters:
    """One drawn face. identity: coefficients in the order of IDENTITY_NAMES (about N(0, 1));
    sex_axis -1 female look to +1 male look; adiposity: z-score of body mass index.
    """

    identity: tuple[float, ...]
    sex_axis: float
    age_years: float
    adiposity: float
    ageing: Ageing
    skin: Skin
    eyes: Eyes
    brows: Brows
    lips: Lips
    hair: Hair
    glasses: Glasses | None
    pose: Pose
    light: Light
    backdrop: Backdrop
    camera: Camera
    texture_seed: int

    def coefficient(self, name: str) -> float:
        """The identity coefficient called `name`."""
        return self.identity[IDENTITY_NAMES.index(name)]

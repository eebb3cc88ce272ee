"""Drawing the parameters of a face for a patient of given sex, age, build and ageing.

Nothing drawn here looks at the ageing values, so two patients who differ only in them share
identity, skin, hair, light and camera exactly.
"""

from typing import Final

import numpy as np

from face2bone.drawn.face.description import (
    AGEING_NAMES,
    Ageing,
    Backdrop,
    Brows,
    Camera,
    Eyes,
    FaceParameters,
    Glasses,
    Hair,
    HairStyle,
    Light,
    Lips,
    Pose,
    Skin,
)
from face2bone.drawn.face.identity import FAT_SHIFT, IDENTITY_NAMES, SEX_SHIFT
from face2bone.drawn.face.numerics import Rgb
from face2bone.patient import Sex

__all__ = ["AGEING_NAMES", "Ageing", "FaceParameters", "HairStyle", "draw_parameters"]

APPARENT_AGE_SD: Final = 5.0  # years by which a face looks older or younger than it is
COEFFICIENT_LIMIT: Final = 2.5  # standard deviations of identity

_IRIS_COLOURS: Final[tuple[Rgb, ...]] = (
    (82, 54, 34), (58, 38, 26), (44, 30, 24), (104, 80, 48), (92, 98, 72), (88, 108, 126),
    (102, 118, 128),
)  # fmt: skip
_HAIR_COLOURS: Final[dict[str, Rgb]] = {
    "black": (26, 22, 21), "dark": (46, 33, 27), "brown": (78, 54, 38), "auburn": (96, 54, 34),
    "blond": (156, 124, 82),
}  # fmt: skip
_GREY: Final[Rgb] = (150, 146, 140)
_WHITE: Final[Rgb] = (190, 186, 180)
_CLOTHES: Final[tuple[Rgb, ...]] = (
    (70, 95, 130), (200, 205, 210), (60, 60, 66), (120, 60, 66), (88, 116, 104), (190, 180, 160),
    (150, 175, 200), (40, 52, 78),
)  # fmt: skip
_RIMS: Final[tuple[Rgb, ...]] = ((25, 22, 22), (60, 42, 30), (120, 120, 125), (30, 35, 60))


def draw_parameters(
    rng: np.random.Generator,
    sex: Sex,
    age_years: float,
    adiposity: float,
    ageing: Ageing,
    apparent_age: float | None = None,
) -> FaceParameters:
    """Draw a face for a patient; `adiposity` is the z-score of body mass index.

    The draws do not depend on `ageing`: it only travels along. `apparent_age`: how old the face is
    to look, in years; without one it is drawn around `age_years`.
    """
    axis = float(np.clip((1 if sex is Sex.MALE else -1) * rng.normal(1.0, 0.18), -1.4, 1.4))
    drawn = age_years + APPARENT_AGE_SD * rng.standard_normal()
    apparent = drawn if apparent_age is None else apparent_age
    decline = float(np.clip((apparent - 30) / 50, 0, 1.1))
    fatness = float(np.clip(adiposity + 0.35 * rng.standard_normal(), -2.2, 3.0))
    identity = _identity(rng, axis, fatness)
    skin = _skin(rng, decline)
    return FaceParameters(
        identity=identity, sex_axis=axis, age_years=age_years, adiposity=adiposity,
        ageing=ageing, skin=skin, eyes=_eyes(rng, axis, decline, skin.melanin),
        brows=_brows(rng, axis, decline), lips=_lips(rng, axis, decline, skin.melanin),
        hair=_hair(rng, axis, apparent, skin.melanin), glasses=_glasses(rng, age_years),
        pose=_pose(rng), light=_light(rng), backdrop=_backdrop(rng), camera=_camera(rng),
        texture_seed=int(rng.integers(2**31)),
    )  # fmt: skip


def _identity(rng: np.random.Generator, axis: float, fatness: float) -> tuple[float, ...]:
    drawn = np.clip(rng.standard_normal(len(IDENTITY_NAMES)), -2.2, 2.2)
    shift = [
        SEX_SHIFT.get(name, 0.0) * axis + FAT_SHIFT.get(name, 0.0) * fatness
        for name in IDENTITY_NAMES
    ]
    return tuple(np.clip(drawn + shift, -COEFFICIENT_LIMIT, COEFFICIENT_LIMIT).tolist())


def _skin(rng: np.random.Generator, decline: float) -> Skin:
    melanin = float(np.clip(rng.beta(1.3, 1.5), 0.03, 0.95))
    return Skin(
        melanin=melanin,
        warmth=float(np.clip(rng.normal(0, 0.6), -1.2, 1.2)),
        haemoglobin=rng.uniform(0.5, 1.15),
        oil=rng.uniform(0.35, 1.1),
        under_eye=rng.uniform(0.1, 0.6) + 0.25 * decline,
        spots=max(0.0, 0.85 * decline + rng.normal(0, 0.12)),
        freckles=max(0.0, rng.normal(0, 0.4)) * (melanin < 0.45),
    )


def _eyes(rng: np.random.Generator, axis: float, decline: float, melanin: float) -> Eyes:
    odds = (0.24, 0.20, 0.12, 0.14, 0.10, 0.10, 0.10) if melanin < 0.3 else (0.3, 0.35, 0.3, 0.05)
    colour = _IRIS_COLOURS[int(rng.choice(len(odds), p=odds))] if melanin < 0.62 else None
    dark = _IRIS_COLOURS[int(rng.choice((1, 2)))]
    return Eyes(
        upper=rng.uniform(5.0, 6.3) - 0.5 * decline + (0.2 - 0.3 * axis),
        lower=rng.uniform(3.8, 4.7),
        half_width=rng.uniform(14.2, 16.0),
        tilt=rng.uniform(-0.2, 2.2),
        peak=rng.uniform(-0.15, 0.15),
        crease_height=rng.uniform(1.8, 4.6),
        crease_depth=rng.uniform(0.25, 1.0),
        iris_radius=rng.uniform(5.7, 6.2),
        pupil_radius=rng.uniform(1.7, 2.6),
        gaze=(float(rng.normal(0, 0.4)), float(rng.normal(0, 0.3))),
        hood=float(np.clip(rng.normal(0, 0.25) + 0.5 * decline, 0, 1)),
        lash=rng.uniform(0.5, 1.0) * (0.97 - 0.17 * axis),
        iris_rgb=colour or dark,
    )


def _brows(rng: np.random.Generator, axis: float, decline: float) -> Brows:
    return Brows(
        thickness=rng.uniform(3.8, 5.8) + 0.9 * (axis + 1),
        arch=rng.uniform(0.6, 3.2) - 0.4 * axis,
        y=rng.uniform(-20.8, -18.8) + 0.6 * axis,
        density=rng.uniform(0.65, 1.0) * (1 - 0.25 * decline),
        darkness=rng.uniform(0.6, 0.95),
        length=rng.uniform(-1.5, 2.0),
    )


def _lips(rng: np.random.Generator, axis: float, decline: float, melanin: float) -> Lips:
    return Lips(
        upper=rng.uniform(4.8, 7.8) - 1.3 * decline - 0.5 * axis + 0.8 * melanin,
        lower=rng.uniform(6.8, 9.8) - 1.5 * decline - 0.5 * axis + 0.8 * melanin,
        bow=rng.uniform(0.4, 1.5),
        corner=float(rng.normal(1.5, 0.6)) - 0.3 * decline,
        red=rng.uniform(0.25, 1.0) * (0.75 - 0.25 * axis),
        asymmetry=float(rng.normal(0, 0.25)),
    )


def _mix(a: Rgb, b: Rgb, amount: float) -> Rgb:
    red, green, blue = (p + (q - p) * amount for p, q in zip(a, b, strict=True))
    return red, green, blue


def _hair_colour(
    rng: np.random.Generator, apparent: float, melanin: float, dyed: float
) -> tuple[Rgb, float]:
    """Pigmented colour by skin, grey from about 46 years, then white; `dyed`: chance of dye."""
    names = tuple(_HAIR_COLOURS)
    odds = (0.12, 0.24, 0.32, 0.10, 0.22) if melanin < 0.35 else (0.45, 0.40, 0.15, 0.0, 0.0)
    if melanin > 0.6:
        odds = (0.85, 0.15, 0.0, 0.0, 0.0)
    pigment = _HAIR_COLOURS[names[int(rng.choice(len(names), p=odds))]]
    tone = rng.uniform(0.85, 1.15)
    grey = float(np.clip((apparent - rng.normal(46, 6)) / 24, 0, 1))
    white = float(np.clip((apparent - rng.normal(68, 6)) / 18, 0, 1))
    if rng.random() < dyed:
        grey, white = 0.2 * grey, 0.0
    faded = _mix(_mix((pigment[0] * tone, pigment[1] * tone, pigment[2] * tone), _GREY, grey),
                 _WHITE, white)  # fmt: skip
    return faded, max(grey, white)


def _hair(rng: np.random.Generator, axis: float, apparent: float, melanin: float) -> Hair:
    decline = float(np.clip((apparent - 30) / 50, 0, 1.1))
    rgb, grey = _hair_colour(rng, apparent, melanin, 0.30 if axis < 0 else 0.05)
    if axis < 0:
        styles = (HairStyle.BACK, HairStyle.LONG, HairStyle.LONG_PARTED, HairStyle.BOB)
        odds = (0.34, 0.18, 0.24, 0.24)
    else:
        styles = (HairStyle.CROP, HairStyle.SHORT_BACK, HairStyle.PARTED, HairStyle.BALD)
        odds = (0.42, 0.22, 0.22, 0.14)
    style = styles[int(rng.choice(4, p=odds))]
    male = axis > 0
    return Hair(
        style=style,
        rgb=rgb,
        grey=grey,
        volume=rng.uniform(1.5, 4.5) if style is HairStyle.CROP else rng.uniform(4, 10),
        line=rng.uniform(-6, 5) - (5 * decline if male else 0),
        recession=max(0.0, rng.normal(0, 0.5) + (0.9 * decline if male else -0.3)),
        mirrored=bool(rng.random() < 0.5),
        variant=int(rng.integers(1000)),
        beard=float(np.clip(rng.normal(0.15, 0.35), 0, 0.8)) if male else 0.0,
    )


def _glasses(rng: np.random.Generator, age_years: float) -> Glasses | None:
    chance = 0.08 + 0.10 * float(np.clip((age_years - 30) / 50, 0, 1))
    worn = bool(rng.random() < chance)
    glasses = Glasses(
        half_width=rng.uniform(24, 27.5),
        half_height=rng.uniform(17, 22),
        squareness=rng.uniform(2.2, 4.5),
        rim=rng.uniform(0.9, 1.8),
        rgb=_RIMS[int(rng.integers(len(_RIMS)))],
    )
    return glasses if worn else None


def _pose(rng: np.random.Generator) -> Pose:
    yaw, pitch, roll = (
        float(np.deg2rad(np.clip(rng.normal(0, sd), -limit, limit)))
        for sd, limit in ((5, 12), (4, 10), (2.5, 8))
    )
    return Pose(yaw, pitch, roll)


def _light(rng: np.random.Generator) -> Light:
    return Light(
        azimuth=rng.uniform(-0.9, 0.9),
        elevation=rng.uniform(0.10, 0.66),
        key=rng.uniform(0.66, 1.05),
        ambient=rng.uniform(0.42, 0.74),
        warmth=float(rng.normal(0, 0.5)),
    )


def _backdrop(rng: np.random.Generator) -> Backdrop:
    level = rng.uniform(0.15, 0.8)
    red, green, blue = (level * rng.uniform(*r) for r in ((0.9, 1.06), (0.92, 1.03), (0.92, 1.1)))
    return Backdrop(
        kind=int(rng.integers(3)),
        rgb=(red, green, blue),
        gradient=rng.uniform(-0.3, 0.3),
        clothes_rgb=_CLOTHES[int(rng.integers(len(_CLOTHES)))],
        collar=rng.uniform(0, 1),
        v_neck=bool(rng.random() < 0.4),
    )


def _camera(rng: np.random.Generator) -> Camera:
    return Camera(
        scale=rng.uniform(0.86, 0.98),
        dx=float(np.clip(rng.normal(0, 3), -8, 8)),
        dy=float(np.clip(rng.normal(0, 3), -8, 8)),
        blur=rng.uniform(0.0, 0.55),
        noise=rng.uniform(0.004, 0.013),
        jpeg=int(rng.integers(76, 97)),
        gain=rng.uniform(0.92, 1.08),
    )

"""What is around the head."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from face2bone.drawn.face.background import neck_shadow, paint_backdrop, paint_surroundings
from face2bone.drawn.face.description import Ageing, Backdrop, FaceParameters, HairStyle
from face2bone.drawn.face.light import light_rig
from face2bone.drawn.face.projection import make_view
from face2bone.drawn.face.skin import skin_tone

Person = Callable[[int], FaceParameters]
SIZE = 192


@pytest.fixture(scope="module")
def p(drawn_person: Person) -> FaceParameters:
    person = drawn_person(50)
    return replace(person, hair=replace(person.hair, style=HairStyle.CROP))


def surroundings(p: FaceParameters, head: np.ndarray | None = None) -> np.ndarray:
    view = make_view(p.pose, p.camera, SIZE)
    nothing = np.zeros((SIZE, SIZE), np.float32)
    return paint_surroundings(
        p, view, nothing if head is None else head, light_rig(p.light, view.rotation),
        skin_tone(p.skin.melanin, p.skin.warmth), np.random.default_rng(1),
    )  # fmt: skip


@pytest.mark.parametrize("kind", [0, 1, 2])
def test_walls_keep_their_colour(kind: int) -> None:
    wall = Backdrop(kind, (0.6, 0.5, 0.4), 0.2, (70, 95, 130), 0.5, v_neck=False)
    image = paint_backdrop(wall, 64, np.random.default_rng(2))
    assert image.shape == (64, 64, 3)
    assert image.min() > 0
    np.testing.assert_allclose(image[..., 0] / image[..., 1], (0.6 / 0.5) ** 2, rtol=1e-4)


def test_surroundings_do_not_look_at_the_ageing(p: FaceParameters) -> None:
    aged = replace(p, ageing=Ageing(6, 6, 6, 6, 6, 1.4))
    np.testing.assert_array_equal(surroundings(p), surroundings(aged))


def test_the_neck_is_skin_and_the_shoulders_are_cloth(p: FaceParameters) -> None:
    red_shirt = replace(p, backdrop=replace(p.backdrop, clothes_rgb=(200, 20, 20), kind=0))
    image = surroundings(red_shirt)
    view = make_view(p.pose, p.camera, SIZE)
    for x in (-70, 70):
        shoulder = image[-3, int(view.centre_x + x * view.scale)]
        assert shoulder[0] > 5 * shoulder[2]
    neck_row = int(view.centre_y + 118 * view.scale)
    neck = image[neck_row, int(view.centre_x)]
    tone = skin_tone(p.skin.melanin, p.skin.warmth)
    np.testing.assert_allclose(neck / neck.sum(), tone / tone.sum(), atol=0.06)


def test_the_head_throws_its_shadow_down(p: FaceParameters) -> None:
    view = make_view(p.pose, p.camera, SIZE)
    head = np.zeros((SIZE, SIZE), np.float32)
    head[40:100, 60:130] = 1
    shadow = neck_shadow(head, view, light_rig(p.light, view.rotation))
    rows = np.arange(SIZE)
    assert (shadow.sum(1) @ rows) / shadow.sum() > (head.sum(1) @ rows) / head.sum() + 3
    assert shadow.min() >= 0
    assert shadow.max() <= 1.0001


def test_long_hair_hangs_beside_the_neck(p: FaceParameters) -> None:
    hair = replace(p.hair, rgb=(10.0, 10.0, 10.0), style=HairStyle.LONG)
    wall = replace(p.backdrop, rgb=(0.8, 0.8, 0.8), kind=0, gradient=0.0)
    short, long = replace(p, backdrop=wall), replace(p, backdrop=wall, hair=hair)
    darker = surroundings(short).mean(-1) - surroundings(long).mean(-1) > 0.2
    view = make_view(p.pose, p.camera, SIZE)
    beside = darker[int(view.centre_y + 60 * view.scale)]
    assert beside[: SIZE // 2].any()
    assert beside[SIZE // 2 :].any()
    assert not darker[: SIZE // 5].any()


def test_more_fat_makes_a_wider_neck(p: FaceParameters) -> None:
    from face2bone.drawn.face.identity import IDENTITY_NAMES

    def width(neck: float) -> float:
        identity = list(p.identity)
        identity[IDENTITY_NAMES.index("neck")] = neck
        wall = replace(p.backdrop, rgb=(0.0, 0.9, 0.0), kind=0)
        image = surroundings(replace(p, identity=tuple(identity), backdrop=wall))
        view = make_view(p.pose, p.camera, SIZE)
        row = image[int(view.centre_y + 105 * view.scale)]
        return float((row[:, 0] > row[:, 1]).sum())

    assert width(2.0) > width(-2.0) + 4

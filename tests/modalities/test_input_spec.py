from dataclasses import replace

from face2bone.modalities.face import FACE_INPUT


def test_shapes() -> None:
    spec = replace(FACE_INPUT, height=2, width=3, channels=1)
    assert (spec.shape, spec.picture_shape) == ((1, 2, 3), (2, 3, 1))


def test_scaling_is_the_networks_own_and_size_and_mask_are_not() -> None:
    assert FACE_INPUT.takes(replace(FACE_INPUT, mean=0.0, scale=255.0))
    assert not FACE_INPUT.takes(replace(FACE_INPUT, width=224))
    assert not FACE_INPUT.takes(replace(FACE_INPUT, mask_value=0))

"""One face's surface: the generic head moved by identity, ageing and hair."""

from dataclasses import dataclass

import cv2
import numpy as np

from face2bone.drawn.face.ageing import ageing_basis, skeletal_values
from face2bone.drawn.face.description import FaceParameters
from face2bone.drawn.face.hair import Scalp
from face2bone.drawn.face.head import (
    MESH_HEIGHT,
    MESH_WIDTH,
    TEXTURE_HEIGHT,
    TEXTURE_WIDTH,
    head_grid,
)
from face2bone.drawn.face.identity import SHAPE_NAMES, identity_basis
from face2bone.drawn.face.numerics import Array, blur, resize, surface_normals


@dataclass(frozen=True)
class Surface:
    """mesh: points (MESH_HEIGHT, MESH_WIDTH, 3) mm; points, normals: the same on the texture
    grid (TH, TW, 3).
    """

    mesh: Array
    points: Array
    normals: Array


def shape_surface(p: FaceParameters, scalp: Scalp) -> Surface:
    """The head's surface with hair standing out from it."""
    grid = head_grid()
    identity = np.array(p.identity[: len(SHAPE_NAMES)], np.float32)
    moved = identity @ identity_basis() + skeletal_values(p.ageing) @ ageing_basis().displacement
    lift = cv2.resize(blur(scalp.lift, 3), (MESH_WIDTH, MESH_HEIGHT))
    mesh = grid.neutral + moved.reshape(grid.neutral.shape) + grid.normals * lift[..., None]
    normals = surface_normals(mesh)
    return Surface(
        mesh,
        resize(mesh, TEXTURE_WIDTH, TEXTURE_HEIGHT),
        resize(normals, TEXTURE_WIDTH, TEXTURE_HEIGHT),
    )

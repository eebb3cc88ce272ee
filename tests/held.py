"""How much memory an object keeps alive, counted object by object: no allocator has a say in it."""

import gc
import sys
from types import CodeType, FunctionType, ModuleType
from typing import Any, Final

import numpy as np

from face2bone.apparent_age import AgeAssessor
from face2bone.assess import Assessor

EVERYBODYS: Final = (type, ModuleType, CodeType, Assessor, AgeAssessor)


def held_bytes(root: object) -> int:
    """Bytes of everything that can be reached from it, each once.

    Without programs, and without the models, which all share.
    """
    seen: dict[int, object] = {}
    left = [root]
    while left:
        one = left.pop()
        if id(one) in seen or isinstance(one, EVERYBODYS):
            continue
        seen[id(one)] = one
        left += _within(one)
    return sum(map(_own_bytes, seen.values()))


def _within(one: object) -> list[Any]:
    if isinstance(one, np.ndarray):  # whose elements the collector does not know
        return [one.base]
    if isinstance(one, FunctionType):  # not the module that it stands in
        return [one.__closure__, one.__defaults__]
    return gc.get_referents(one)


def _own_bytes(one: object) -> int:
    if isinstance(one, np.ndarray):
        return one.nbytes if one.base is None else 0
    return sys.getsizeof(one)

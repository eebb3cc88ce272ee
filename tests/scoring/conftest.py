"""Assessors that need no trained model."""

from dataclasses import replace
from typing import Any

import pytest

from tests.scoring.answering import FACTS, Answering


@pytest.fixture
def answering() -> Any:
    return Answering()


@pytest.fixture
def another_model() -> Any:
    return Answering(replace(FACTS, sha256="1" * 64))

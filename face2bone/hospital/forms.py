"""The kinds of object that an answer can be sent as."""

from enum import Enum


class AnswerForm(Enum):
    """The value is the word on the command line."""

    PDF = "pdf"
    CAPTURE = "capture"

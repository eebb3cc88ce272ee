"""Receiving, answering and sending side by side, until somebody stops it."""

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final

from face2bone.hospital.answer import Answer, answer_of, failed
from face2bone.hospital.connection import Listening
from face2bone.hospital.folders import Folders
from face2bone.hospital.header import Header, read_header
from face2bone.hospital.models import Models
from face2bone.hospital.objects import object_of
from face2bone.hospital.receiver import Receiver
from face2bone.hospital.sender import Sender
from face2bone.logs import fault

MOST_ATTEMPTS: Final = 5
"""How often the process may die over one picture before that is the answer."""
PULSE: Final = 0.5
"""Seconds between two looks at a folder of which nobody has told anything."""
PAUSE: Final = 5.0
"""Seconds until what failed is tried again, such as to write to a full disk."""

_log = logging.getLogger(__name__)


class Service:
    """One listener with its two workers."""

    def __init__(self, listening: Listening, folders: Folders, models: Models) -> None:
        self._listening, self._folders, self._models = listening, folders, models
        self._stopped = threading.Event()
        self._came, self._made = threading.Event(), threading.Event()
        self._unanswerable = set[str]()
        self._sender = Sender(listening, folders)
        self._receiver = Receiver(listening, folders, self._came.set)

    @contextmanager
    def running(self) -> Iterator[int]:
        """Everything at work within the block; the port it listens at."""
        with self._folders.held():
            port = self._receiver.start()
            threads = [
                threading.Thread(target=self._repeat, args=(self._answer_all, self._came)),
                threading.Thread(target=self._repeat, args=(self._send_all, self._made)),
            ]
            for thread in threads:
                thread.start()
            try:
                yield port
            finally:
                self._receiver.stop()
                self._stopped.set()
                self._came.set()
                self._made.set()
                for thread in threads:
                    thread.join()

    def _repeat(self, work: Callable[[], None], told: threading.Event) -> None:
        while not self._stopped.is_set():
            told.clear()
            try:
                work()
            except OSError as error:
                fault(_log, error, "A file cannot be read or written")
                self._stopped.wait(PAUSE)
            except Exception as error:  # noqa: BLE001  who still acknowledges has to go on
                fault(_log, error)
                self._stopped.wait(PAUSE)
            told.wait(PULSE)

    def _send_all(self) -> None:
        self._sender.send(self._stopped.is_set)

    def _answer_all(self) -> None:
        for picture in self._folders.waiting():
            if self._stopped.is_set():
                return
            if picture not in self._unanswerable:
                self._answer(picture)
                self._made.set()

    def _answer(self, picture: str) -> None:
        with self._folders.attempt(picture) as died:
            data = self._folders.picture(picture)
            try:
                answer, objects = self._answer_in_objects(data, picture, died)
            except Exception as error:  # noqa: BLE001  one picture must not stop the others
                fault(_log, error, "No answer can be made; it stays in inbox", picture=picture[:8])
                self._unanswerable.add(picture)
                return
            self._folders.answered(picture, objects)
        number = {"picture": picture[:8]}
        if answer.refused:
            _log.info("Answered with a reason", extra=number)
        else:
            _log.info("Answered", extra=number)

    def _answer_in_objects(
        self, data: bytes, picture: str, died: int
    ) -> tuple[Answer, dict[str, bytes]]:
        header, language = read_header(data), self._listening.language
        answer = self._made_of(data, header, picture, died)
        objects = {
            form.value: object_of(form, answer, header, picture, language)
            for form in self._listening.forms
        }
        return answer, objects

    def _made_of(self, data: bytes, header: Header, picture: str, died: int) -> Answer:
        """The answer; where the program is at fault, one that says so."""
        number = picture[:8]
        if died >= MOST_ATTEMPTS:
            ended = {"picture": number, "times": died}
            _log.error("The program ended over this picture too often", extra=ended)
            return failed(self._models, number)
        try:
            return answer_of(data, header, self._models)
        except Exception as error:  # noqa: BLE001  one picture must not stop the others
            fault(_log, error, "The program failed at this picture", picture=number)
            return failed(self._models, number)

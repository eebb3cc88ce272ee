"""Twenty films out of a real archive and twenty answers back into it, while both are killed."""

import json
import threading
import time
from collections import Counter
from pathlib import Path

import pytest

from tests.hospital.films import SYNTAXES, film
from tests.hospital.listener import Listener
from tests.hospital.orthanc import TITLE, Orthanc
from tests.hospital.pacs import read, until

FILMS = 20


def twenty() -> list[bytes]:
    """Ten knees and ten hands in four syntaxes, every third with bone dark."""
    return [
        film(("knee", "hand")[i % 2], i // 2, SYNTAXES[i // 2 % len(SYNTAXES)], inverted=not i % 3)
        for i in range(FILMS)
    ]


@pytest.mark.slow
def test_twenty_films_are_answered_while_either_side_is_killed(tmp_path: Path) -> None:
    films, begun = twenty(), time.monotonic()
    with Orthanc(tmp_path) as orthanc, Listener(tmp_path, orthanc.port, archive=TITLE) as listener:
        orthanc.know(listener.port)
        orthanc.start()
        ids = [orthanc.add(one) for one in films]

        assert not orthanc.send(ids[:1], caller="STRANGER")
        assert not listener.files("inbox")

        # The listener dies with films that it has acknowledged and not answered.
        assert orthanc.send(ids[:5])
        listener.kill()
        listener.start()

        # It dies while films arrive: the archive is told so, and sends them again.
        sending = threading.Thread(target=lambda: told.append(orthanc.send(ids[5:10])))
        told: list[bool] = []
        sending.start()
        until(lambda: len(listener.files("inbox")) > 0)
        listener.kill()
        sending.join()
        listener.start()
        until(lambda: orthanc.send(ids[5:10]))

        # The archive dies while answers arrive.
        assert orthanc.send(ids[10:15])
        until(lambda: len(orthanc.found("DOC")) >= 6)
        orthanc.kill()
        until(lambda: not listener.files("inbox"))
        orthanc.start()
        assert orthanc.send(ids[15:])
        until(lambda: not listener.files("inbox") + listener.files("outbox"))

        assert_answered(orthanc, films, listener)
    print(f"{FILMS} films, both sides killed: {time.monotonic() - begun:.0f} s; first batch {told}")


def assert_answered(orthanc: Orthanc, films: list[bytes], listener: Listener) -> None:
    """One PDF and one capture for every film, in its own study and under its own patient."""
    origins = [read(one) for one in films]
    expected = Counter((str(one.StudyInstanceUID), str(one.PatientID)) for one in origins)
    assert len(expected) == FILMS
    for modality in ("DOC", "OT"):
        found = orthanc.found(modality)
        assert Counter((one["StudyInstanceUID"], one["PatientID"]) for one in found) == expected
    lines = [json.loads(line) for line in listener.log.splitlines()]
    arrivals = [line for line in lines if line["event"] == "Received"]
    received = {(one["picture"], one["transfer_syntax"]) for one in arrivals}
    sent = [str(one.file_meta.TransferSyntaxUID) for one in origins]
    assert Counter(syntax for _, syntax in received) == Counter(sent)
    assert len(set(sent)) == len(SYNTAXES) == 4
    assert not any(one.PatientID in listener.log for one in origins)
    assert "Traceback" not in listener.log

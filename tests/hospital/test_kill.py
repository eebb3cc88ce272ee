"""Kill -9 between every two steps: nothing acknowledged is lost, and nothing is doubled."""

from pathlib import Path

import pytest

from tests.hospital.films import film
from tests.hospital.listener import Listener
from tests.hospital.pacs import Archive, send, until

pytestmark = [
    pytest.mark.slow,
    # A connection that is refused: the library lets go of its socket without closing it.
    pytest.mark.filterwarnings("ignore:unclosed <socket:ResourceWarning"),
]
FILMS = [film("knee", number) for number in range(4)]


def test_killed_between_receiving_and_sending(tmp_path: Path, archive: Archive) -> None:
    archive.stop()  # nothing can be sent before the listener is killed
    with Listener(tmp_path, archive.port) as listener:
        assert send(listener.port, FILMS) == [0] * 4
        listener.kill()
        kept = {*listener.files("inbox"), *(name[:64] for name in listener.files("outbox"))}
        assert len({name[:64] for name in kept}) == 4
        archive.start()
        listener.start()
        archive.waits_for(8)
        until(lambda: not listener.files("inbox") + listener.files("outbox"))
        assert listener.stop() == 0
    assert set(archive.sent.values()) == {1}
    assert "Traceback" not in listener.log


def test_killed_between_sending_and_noting_that_it_was_sent(
    tmp_path: Path, archive: Archive
) -> None:
    """The archive has the third answer, and the listener dies before it hears so."""
    listener = Listener(tmp_path, archive.port)

    def kill_at_the_third(number: int) -> int:
        if number == 3:
            listener.kill()
        return 0

    archive.before_answering = kill_at_the_third
    with listener:
        assert send(listener.port, FILMS) == [0] * 4
        until(lambda: sum(archive.sent.values()) >= 3)
        listener.start()
        archive.waits_for(8)
        until(lambda: not listener.files("inbox") + listener.files("outbox"))
    assert len(archive.kept) == 8
    assert sorted(archive.sent.values()) == [1] * 7 + [2]


def test_killed_while_an_answer_is_made(tmp_path: Path, archive: Archive) -> None:
    """What is made again after the kill is the same to the byte, or ``Archive`` would object."""
    with Listener(tmp_path, archive.port) as listener:
        assert send(listener.port, FILMS) == [0] * 4
        until(lambda: bool(listener.files("attempts")))
        listener.kill()
        assert len(listener.files("attempts")) == 1
        listener.start()
        archive.waits_for(8)
        until(lambda: not listener.files("inbox") + listener.files("outbox"))
        assert not listener.files("attempts")
    assert len(archive.kept) == 8

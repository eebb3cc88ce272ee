"""Both sides of an archive by pynetdicom: one that keeps answers, and a caller that sends films."""

import io
import socket
import time
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, Final

from pydicom import dcmread
from pydicom.uid import EncapsulatedPDFStorage, SecondaryCaptureImageStorage
from pynetdicom import AE, evt
from pynetdicom.association import Association
from pynetdicom.events import Event
from pynetdicom.presentation import build_context

from face2bone.hospital.connection import socket_of

ARCHIVE: Final = "ARCHIVE"
LOOPBACK: Final = "127.0.0.1"
PATIENCE: Final = 180.0


class Archive:
    """Keeps what it is sent, by its UID, and how often it was sent."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}
        self.sent: Counter[str] = Counter()
        self.refused = 0
        self.port = 0
        self.before_answering: Callable[[int], int] = lambda _: 0
        self._opened: list[socket.socket | None] = []
        self._ae = AE(ARCHIVE)
        self._ae.supported_contexts = [
            build_context(EncapsulatedPDFStorage),
            build_context(SecondaryCaptureImageStorage),
        ]

    def accept(self, contexts: list[Any]) -> None:
        """Accept these kinds of objects and no others."""
        self._ae.supported_contexts = contexts

    def start(self, **options: Any) -> None:
        """On the port that it had before, or a free one."""
        server = self._ae.start_server(
            (LOOPBACK, self.port),
            block=False,
            evt_handlers=[
                (evt.EVT_C_STORE, self._stored),
                (evt.EVT_CONN_OPEN, lambda event: self._opened.append(socket_of(event.assoc))),
            ],
            **options,
        )
        assert server is not None
        self.port = int(server.server_address[1])

    def stop(self) -> None:
        self._ae.shutdown()
        for one in filter(None, self._opened):
            one.close()

    def _stored(self, event: Event) -> int:
        uid, data = str(event.request.AffectedSOPInstanceUID), event.encoded_dataset()
        status = self.before_answering(sum(self.sent.values()) + 1)
        self.sent[uid] += 1
        if status:
            self.refused += 1
            return status
        assert self.kept.setdefault(uid, data) == data  # an instance never changes
        return 0

    def of_form(self, modality: str) -> list[Any]:
        """The kept objects of a modality, read."""
        read = [dcmread(io.BytesIO(data)) for data in self.kept.values()]
        return [one for one in read if one.Modality == modality]

    def waits_for(self, count: int) -> None:
        """Until so many instances are kept."""
        until(lambda: len(self.kept) >= count)


def until(happened: Callable[[], bool]) -> None:
    """Waits for something; fails where it does not happen in minutes."""
    deadline = time.monotonic() + PATIENCE
    while not happened():
        assert time.monotonic() < deadline
        time.sleep(0.02)


def associated(
    port: int,
    files: Sequence[bytes] = (),
    caller: str = "PACS",
    called: str = "FACE2BONE",
    **tls: Any,
) -> Association:
    """An association for these files, each in its own syntax, and for an echo."""
    ae = AE(caller)
    wanted = {(one.SOPClassUID, one.file_meta.TransferSyntaxUID) for one in map(read, files)}
    ae.requested_contexts = [
        build_context("1.2.840.10008.1.1"),
        *(build_context(sop_class, syntax) for sop_class, syntax in sorted(wanted)),
    ]
    return ae.associate(LOOPBACK, port, ae_title=called, **tls)


def read(data: bytes) -> Any:
    return dcmread(io.BytesIO(data))


def send(port: int, files: Sequence[bytes], caller: str = "PACS") -> list[int | None]:
    """Statuses of the files that were sent; None for one without an answer, which is the last."""
    association = associated(port, files, caller)
    assert association.is_established
    statuses, opened = [], socket_of(association)
    for one in files:
        statuses.append(association.send_c_store(read(one)).get("Status"))
        if statuses[-1] is None:
            break
    else:
        association.release()
    if opened is not None:
        opened.close()
    return statuses

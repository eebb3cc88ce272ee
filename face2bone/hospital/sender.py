"""The side that sends answers: a C-STORE user that tries until the archive has them."""

import logging
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from pydicom import dcmread
from pydicom.uid import ExplicitVRLittleEndian, ImplicitVRLittleEndian
from pynetdicom import AE
from pynetdicom.association import Association
from pynetdicom.presentation import build_context

from face2bone.hospital.connection import PATIENCE, Listening, connecting_tls, socket_of
from face2bone.hospital.folders import Folders
from face2bone.hospital.objects import SOP_CLASSES
from face2bone.hospital.waits import Waits

_SYNTAXES: Final = [ExplicitVRLittleEndian, ImplicitVRLittleEndian]
_STORED_WITH_WARNING: Final = range(0xB000, 0xC000)

_log = logging.getLogger(__name__)


class Sender:
    """Sends what lies in the outbox, each object on its own account."""

    def __init__(self, listening: Listening, folders: Folders) -> None:
        self._listening, self._folders = listening, folders
        files = listening.certificates
        self._tls = None if files is None else connecting_tls(files)
        self._waits = Waits(listening.first_wait, listening.longest_wait, time.monotonic)
        self._ae = AE(listening.title)
        self._ae.acse_timeout = self._ae.dimse_timeout = PATIENCE
        self._ae.network_timeout = self._ae.connection_timeout = PATIENCE
        self._ae.requested_contexts = [
            build_context(SOP_CLASSES[form], [*_SYNTAXES]) for form in listening.forms
        ]

    def send(self, stopped: Callable[[], bool]) -> None:
        """Send all that is due over one association, until it breaks or somebody stops it."""
        due = [path for path in self._folders.to_send() if self._waits.over(path)]
        if not due or not self._waits.over(None):
            return
        with self._association() as association:
            for path in due:
                if stopped() or not association.is_established:
                    break
                self._send(association, path)
            else:
                self._waits.done(None)
                return
        if not stopped():
            seconds = self._waits.failed(None)
            _log.warning("The destination does not answer", extra={"seconds": round(seconds)})

    @contextmanager
    def _association(self) -> Iterator[Association]:
        to = self._listening.destination
        tls = None if self._tls is None else (self._tls, to.host)
        association = self._ae.associate(to.host, to.port, ae_title=to.title, tls_args=tls)
        opened = socket_of(association)
        try:
            yield association
        finally:
            if association.is_established:
                association.release()
            if opened is not None:
                opened.close()

    def _send(self, association: Association, path: Path) -> None:
        picture = path.name[:8]
        try:
            status = association.send_c_store(dcmread(path)).get("Status")
        except Exception as error:  # noqa: BLE001  one object must not keep the others waiting
            # Its class is not accepted over there, the association has just ended, or the like.
            why = {"picture": picture, "type": type(error).__name__}
            _log.warning("An answer cannot be sent", extra=why)
            status = None
        if status == 0 or status in _STORED_WITH_WARNING:
            self._folders.sent(path)
            self._waits.done(path)
            _log.info("Sent an answer", extra={"picture": picture})
        else:
            seconds = round(self._waits.failed(path))
            said = "none" if status is None else f"{status:04X}"
            fields = {"picture": picture, "status": said, "seconds": seconds}
            _log.warning("An answer was not stored", extra=fields)

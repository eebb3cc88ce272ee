"""What Review knows of the patient at hand: a plain object that a button's callback may change.

A callback that touches ``st.session_state`` can be cut off at that touch. When the visitor does
the next thing at the same moment, Streamlit ends the script that was starting and does not call
the callback again: half of a change would stay, or a photo just taken would be lost. So a
callback is given this object and changes nothing else, and what must follow from it is done by
the page itself, which is drawn again from the top until it was drawn to its end.

For the same reason nothing typed is ever overwritten. What is typed about a patient stands under
a key with a number in it; another patient takes the next number, so that a value which the
browser still sends for the one before can never be read as the next one's.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from face2bone.dashboard.common.job import Job
from face2bone.dashboard.review.kept_picture import KeptPicture
from face2bone.errors import Face2BoneError, to_keep
from face2bone.patient import Patient

T = TypeVar("T")

Key = tuple[str, str, str]
"""A step, the SHA-256 of the photo it is of ("" for none at hand), and the bundle's."""

Subject = tuple[int, str]
"""Whom a page is about: the patient's number and the SHA-256 of the photo ("" for none)."""


class Press:
    """One press of Save; two for the same thing are still two."""

    def __init__(self, what: object) -> None:
        self.what = what


class ReviewCase:
    """One visitor's photo, patient and results.

    Attributes:
        study: the id of the study that was chosen; "" for the site's own.
        source: where pictures come from now, as the page calls it.
        photo: the photo at hand, of several the one taken last.
        earlier: the photos of this patient that were taken before it.
        adding: whether the next file is another photo of this patient.
        given: what the form starts with: a sample patient's details.
        refusal: why the file last given was refused.
        save_asked: what Save was pressed for, until that has been acted on.
        saved: what was saved last, as the save step describes it.
        saving: held while that is acted on.
        results: what was computed for the photo, jobs still running included.
        unsure: whether the file at hand came after the details, so that nobody knows yet whether
            it is of the patient whom they are of.
        shown_outside: the subject whose numbers are shown although the photo is unlike those the
            model was trained on.
        drawn: the subject that the page last drew, and in which of its two places.
        open_tab: the title of the tab that is open; "" before any was.
        chosen_subjects: by the SHA-256 of a picture that shows several faces or two knees, which
            one was chosen, from 1 at the left; none while it is the one that is taken by itself.
        looks_back: whether saved assessments are being looked at, in a window over the page.
        fields: height and weight as they were typed, by name, as their fields describe it.
        looked_at: by place, whose records were opened there last.
        window_did: what was last changed in that window, as the window describes it.
    """

    def __init__(self) -> None:
        self.study = ""
        self.photo: KeptPicture | None = None
        self.earlier: tuple[KeptPicture, ...] = ()
        self.adding = False
        self.given: Patient | None = None
        self.refusal: Face2BoneError | None = None
        self.save_asked: Press | None = None
        self.saved: tuple[Any, ...] = ()
        self.results: dict[Key, Any] = {}
        self.shown_outside: Subject | None = None
        self.drawn: tuple[Subject | None, int] = (None, 0)
        self.unsure, self.open_tab, self.looks_back = False, "", False
        self.window_did: Any = None
        self.looked_at: dict[str, str] = {}
        self.fields: dict[str, Any] = {}
        self.chosen_subjects: dict[str, int] = {}
        self.source, self._file, self._wanted = "", "", ""
        self._patients, self._answers, self._boxes = 0, 0, 0
        self._seen = ""  # the file that the details at hand are known to belong to
        self._keys: set[str] = set()
        self._answer_keys: set[str] = set()
        self._left: set[str] = set()
        self._files: set[str] = set()  # that were taken for the patient at hand
        self._left_files: set[str] = set()
        self.saving = threading.Lock()
        self._reading, self._changing = threading.Lock(), threading.RLock()

    @property
    def subject(self) -> Subject:
        """Whom the page is about now."""
        return self._patients, ", ".join(self._photo_mark(one.sha256) for one in self.photos)

    @property
    def photos(self) -> tuple[KeptPicture, ...]:
        """Every photo of this patient, each once, in the order they were taken."""
        last = () if self.photo is None else (self.photo,)
        return tuple({one.sha256: one for one in (*self.earlier, *last)}.values())

    def close_photos(self) -> None:
        """Keep of each the file only: a page that was drawn has no more use for the pixels."""
        for one in self.photos:
            one.close()

    def _photo_mark(self, sha256: str) -> str:
        """The photo, and of several faces or knees in it the one that was chosen."""
        chosen = self.chosen_subjects.get(sha256)
        return f"{sha256} {chosen}" if chosen else sha256

    def patient_key(self, name: str) -> str:
        """The key of a widget about the patient, such as "age"."""
        key = f"{name}_{self._patients}"
        self._keys.add(key)
        return key

    def photo_key(self, name: str, sha256: str) -> str:
        """The key of a widget that holds for this face in this photo of this patient only."""
        chosen = self.chosen_subjects.get(sha256, "")
        return self.patient_key(f"{name}_{sha256[:8]}{chosen and f'_{chosen}'}")

    def answer_key(self, name: str) -> str:
        """The key of a widget for an answer, such as "flag_height_loss"."""
        key = f"{name}_{self._patients}_{self._answers}"
        self._answer_keys.add(key)
        return key

    @property
    def answer_keys(self) -> frozenset[str]:
        """Every key that was given to a widget for an answer of the patient at hand."""
        return frozenset(self._answer_keys)

    def box_key(self, name: str) -> str:
        """The key of a box for files; a new patient begins with an empty one."""
        return f"{name}_{self._boxes}"

    def left(self) -> set[str]:
        """Keys of former patients and cleared answers, once: what was typed there is to go."""
        left, self._left = self._left, set()
        return left

    def left_files(self) -> set[str]:
        """The files of former patients, once: no box holds them any more."""
        left, self._left_files = self._left_files, set()
        return left

    def _leave_files(self) -> None:
        self._left_files |= self._files
        self._files = set()

    def choose(self, photo: KeptPicture, patient: Patient) -> None:
        """Make a sample the patient at hand: nothing typed for another one counts for it."""
        with self._changing:
            self._wanted, self.earlier = "", ()
            self._leave_files()
            self.put(photo)
            self._next_patient()
            self.given = patient

    def new_patient(self) -> None:
        """Forget the photo, the details, the answers and everything that came of them."""
        with self._changing:
            self._wanted, self._file, self.earlier = "", "", ()
            self._leave_files()
            self.put(None)
            self._next_patient()
            self._boxes += 1

    def another_patient(self) -> None:
        """The photo at hand is of somebody else: nothing typed before counts for it."""
        with self._changing:
            self.earlier = ()
            self._forget_results()
            self._next_patient()
            self._seen = self._at_hand()

    def same_patient(self) -> None:
        """The photo at hand is of the patient whose details are typed: they are kept."""
        with self._changing:
            self.unsure, self._seen = False, self._at_hand()

    def _next_patient(self) -> None:
        self.given, self.save_asked, self.saved, self.open_tab = None, None, (), ""
        self.unsure, self._seen, self.looks_back = False, "", False
        self.chosen_subjects, self.adding, self.window_did = {}, False, None
        self.fields, self.looked_at = {}, {}
        self._left |= self._keys | self._answer_keys
        self._keys, self._answer_keys = set(), set()
        self._patients += 1

    def _at_hand(self) -> str:
        """The photo at hand, or the file that was refused."""
        return self.photo.sha256 if self.photo else self._file

    def show_outside(self) -> None:
        """Show the numbers of the photo at hand though it is out of domain."""
        self.shown_outside = self.subject

    def choose_subject(self, sha256: str, number: int, taken: int | None) -> None:
        """Of several faces in a photo this one is the patient's; of two knees, is looked at.

        The one that was ``taken`` before anybody chose is the same subject when it is chosen.
        """
        if number == taken:
            self.chosen_subjects.pop(sha256, None)
        else:
            self.chosen_subjects[sha256] = number

    def look_back(self) -> None:
        """Open the window with saved assessments."""
        self.looks_back, self.window_did = True, None
        self.looked_at = {}

    def look_ahead(self) -> None:
        """Close it: the patient at hand is all there is."""
        self.looks_back = False

    def clear_answers(self) -> None:
        """Forget every answer."""
        self._left |= self._answer_keys
        self._answer_keys = set()
        self._answers += 1

    def put(self, photo: KeptPicture | None) -> None:
        """Make this the photo at hand; what was computed for none of the patient's is forgotten."""
        self.photo, self.refusal, self.save_asked = photo, None, None
        self._forget_results()

    def _forget_results(self) -> None:
        """Of photos that are none of the patient's."""
        kept = ("", *(one.sha256 for one in self.photos))
        for key in list(self.results):
            if key[1] not in kept:
                self.forget(key)

    def add_photo(self, most: int) -> None:
        """Keep what there is, and take the next file for another photo of the same patient.

        ``most``: of this patient's together.
        """
        with self._changing:
            self.adding = 0 < len(self.photos) < most
            self._new_box()

    def drop_photo(self, sha256: str) -> None:
        """Let go of one of several photos."""
        with self._changing:
            if self.photo is not None and self.photo.sha256 == sha256:
                self._new_box()
            self._without(sha256)

    def _without(self, sha256: str) -> None:
        """Let go of a photo; of those that are left the newest is at hand."""
        left = [one for one in self.photos if one.sha256 != sha256]
        self.chosen_subjects.pop(sha256, None)
        self.earlier, self.adding = tuple(left[:-1]), False
        self.put(left[-1] if left else None)
        if left:  # else the next file asks whose it is
            self._seen = left[-1].sha256

    def _new_box(self) -> None:
        self._boxes += 1
        self._file = self._wanted = ""

    def turn_to_study(self, study: str) -> None:
        """Another study is on the page, and with it another subject: nothing of this one's stays.

        Not even the typed details: the next picture may be of somebody else.
        """
        with self._changing:
            if study != self.study:
                self.study = study
                self.new_patient()

    def turn_to(self, source: str) -> None:
        """Another source of photos is on the page: its box is empty, and takes nothing away.

        But for a sample: who turns from the samples has done with the patient who was drawn, and
        what is typed from now on is of somebody else.
        """
        with self._changing:
            if self.source == source:
                return
            self.source = source
            self.begin_box()
            self._leave_sample()

    def begin_box(self) -> None:
        """The source's box was not on the page before: it is empty, and takes nothing away."""
        with self._changing:
            self._file, self._wanted, self.refusal = "", "", None
            self.unsure = self.unsure and self.photo is not None

    def empty(self) -> None:
        """The source's box is empty: where it held a file, the photo goes with it."""
        with self._changing:
            self._wanted = ""
            if self._file:
                self._file, self.unsure = "", False
                if self.refusal is not None:  # what the box held gave no photo
                    self.put(self.photo)
                    return
                self._without(self.photo.sha256 if self.photo else "")

    def take(self, file: str, read: Callable[[], KeptPicture], typed: bool) -> None:
        """Read the file in the source's box, unless that was done.

        A refused file leaves no photo behind, only the ``refusal``. A sample patient's details
        are not kept for it: they are of somebody who was drawn. Details that were ``typed``
        while another file was at hand leave the page ``unsure`` whose they are. A script that
        was ended may still be reading when the visitor has chosen otherwise; then what it read
        is dropped.
        """
        self._wanted = file
        with self._reading:
            if self._file == file:
                return
            photo, refusal = None, None
            try:
                photo = read()
            except Face2BoneError as error:
                refusal = to_keep(error)
            with self._changing:
                if self._wanted == file:
                    self._leave_sample()
                    self._file = file
                    self._files.add(file)
                    self._put_read(photo, refusal, typed)
                    self.refusal = refusal

    def _put_read(
        self, photo: KeptPicture | None, refusal: Face2BoneError | None, typed: bool
    ) -> None:
        """Another photo of the patient joins those there are; any other takes the last one's place.

        Details that were typed, or photos taken before, may then be of somebody else.
        """
        if not self.adding:
            self.put(photo)
            self._ask_whose(typed or bool(self.earlier))
        elif refusal is None:  # a refused file adds nothing and takes nothing away
            self.earlier, self.adding = self.photos, False
            self.put(photo)
            self._seen = self._at_hand()

    def _ask_whose(self, typed: bool) -> None:
        at_hand = self._at_hand()
        self.unsure = typed and self._seen not in ("", at_hand)
        if not self.unsure:
            self._seen = at_hand

    def _leave_sample(self) -> None:
        if self.given is not None:
            self.put(None)
            self._next_patient()

    def once(self, key: Key, compute: Callable[[], T]) -> T:
        """What ``compute`` returned the first time it was asked for under this key."""
        if key not in self.results:
            self.results[key] = compute()
        found: T = self.results[key]
        return found

    def ask(
        self,
        key: Key,
        work: Callable[[Any], object],
        steps: Mapping[str, str],
        instead_of: str | None = None,
    ) -> None:
        """Start a long computation; those whose step begins with ``instead_of`` end.

        ``steps`` as for a ``Job``.
        """
        for other in list(self.results):
            if instead_of is not None and other[0].startswith(instead_of):
                self.forget(other)
        self.once(key, lambda: Job(work, steps))

    def forget(self, key: Key) -> None:
        """Let a step be computed anew; a job still running stops."""
        found = self.results.pop(key, None)
        if isinstance(found, Job):
            found.stop()

    def ask_to_save(self, what: object) -> None:
        """Save was pressed for what was on the page; the page does it when drawn that far."""
        self.save_asked = Press(what)

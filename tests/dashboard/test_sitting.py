"""What a callback may change, what it may not touch, and whose photo and answers are whose."""

import ast
import threading
from pathlib import Path

import numpy as np
import pytest

from face2bone.dashboard.job import Job
from face2bone.dashboard.sitting import Sitting
from face2bone.errors import PhotoUnreadable
from face2bone.patient import Patient, Sex
from face2bone.photo import Photo, photo_from_pixels

DASHBOARD = Path(__file__).resolve().parents[2] / "face2bone" / "dashboard"
SECONDS = 10
TYPED = True
STEPS = {"regions": "Regions"}
WOMAN = Patient(67, Sex.FEMALE, 158, 52)


def photo(shade: int) -> Photo:
    return photo_from_pixels(np.full((64, 64, 3), shade, dtype=np.uint8))


@pytest.fixture
def sitting() -> Sitting:
    made = Sitting()
    made.turn_to("upload")
    return made


def callbacks() -> list[tuple[str, str, str]]:
    """Every callback the dashboard gives to a widget: file, argument and what is called."""
    found = []
    for path in DASHBOARD.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and (node.arg or "").startswith("on_"):
                found.append((path.name, str(node.arg), ast.unparse(node.value)))
    return found


def test_callbacks_change_a_plain_object_and_nothing_else() -> None:
    """One that touches the session's state is lost when the visitor acts at that moment."""
    plain = ("session.sitting().", "sitting.", "job.")
    others = [c for c in callbacks() if not c[2].startswith(plain)]
    assert {(argument, called) for _, argument, called in others} == {
        ("on_change", "'rerun'"),
        ("on_click", "'ignore'"),
        ("on_select", "'rerun'"),
    }
    assert len(callbacks()) > len(others)


@pytest.mark.parametrize("module", ["sitting.py", "job.py"])
def test_what_callbacks_belong_to_knows_nothing_of_streamlit(module: str) -> None:
    tree = ast.parse((DASHBOARD / module).read_text())
    imported = {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    } | {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in imported if "streamlit" in name or name.endswith(".session")]


def test_another_patient_is_typed_under_other_keys(sitting: Sitting) -> None:
    before = sitting.patient_key("age"), sitting.answer_key("flag_falls")
    sitting.choose(photo(1), WOMAN)
    after = sitting.patient_key("age"), sitting.answer_key("flag_falls")
    assert not set(before) & set(after)
    assert sitting.given is WOMAN


def test_cleared_answers_leave_the_patient(sitting: Sitting) -> None:
    age, flag = sitting.patient_key("age"), sitting.answer_key("flag_falls")
    sitting.clear_answers()
    assert sitting.patient_key("age") == age
    assert sitting.answer_key("flag_falls") != flag


def test_no_two_keys_are_alike_after_any_order_of_choices(sitting: Sitting) -> None:
    seen = {sitting.answer_key("flag_falls")}
    for i, act in enumerate((sitting.clear_answers, None, sitting.clear_answers, None, None)):
        if act is None:
            sitting.choose(photo(i), WOMAN)
        else:
            act()
        assert sitting.answer_key("flag_falls") not in seen
        seen.add(sitting.answer_key("flag_falls"))


def test_a_file_is_read_once(sitting: Sitting) -> None:
    reads = []

    def read() -> Photo:
        reads.append(1)
        return photo(len(reads))

    for file in ("a", "a", "b", "b"):
        sitting.take(file, read, TYPED)
    assert len(reads) == 2
    assert sitting.photo is not None
    assert sitting.photo.sha256 == photo(2).sha256


def test_a_refused_file_leaves_no_photo_and_is_told_until_another_comes(sitting: Sitting) -> None:
    def refuse() -> Photo:
        raise PhotoUnreadable("This is no photo. Choose another.")

    sitting.take("a", lambda: photo(1), TYPED)
    for _ in range(2):
        sitting.take("b", refuse, TYPED)
        assert sitting.photo is None
        assert sitting.refusal is not None
    sitting.take("c", lambda: photo(1), TYPED)
    assert sitting.refusal is None


def test_an_emptied_box_takes_its_photo_along(sitting: Sitting) -> None:
    sitting.take("a", lambda: photo(1), TYPED)
    sitting.empty()
    assert sitting.photo is None


def test_a_box_that_was_empty_all_along_takes_nothing(sitting: Sitting) -> None:
    sitting.take("a", lambda: photo(1), TYPED)
    for source in ("camera", "upload"):
        sitting.turn_to(source)
        sitting.empty()
        assert sitting.photo is not None


def test_the_same_file_is_read_again_after_another_source(sitting: Sitting) -> None:
    sitting.take("a", lambda: photo(1), TYPED)
    sitting.turn_to("sample")
    sitting.choose(photo(2), WOMAN)
    sitting.turn_to("upload")
    sitting.take("a", lambda: photo(1), TYPED)
    assert sitting.photo is not None
    assert sitting.photo.sha256 == photo(1).sha256


def test_a_samples_details_are_not_kept_for_a_photo(sitting: Sitting) -> None:
    sitting.choose(photo(1), WOMAN)
    age = sitting.patient_key("age")
    sitting.take("a", lambda: photo(2), TYPED)
    assert sitting.given is None
    assert sitting.patient_key("age") != age


def test_typed_details_are_kept_for_another_photo(sitting: Sitting) -> None:
    sitting.take("a", lambda: photo(1), TYPED)
    age = sitting.patient_key("age")
    sitting.take("b", lambda: photo(2), TYPED)
    assert sitting.patient_key("age") == age


def test_a_changed_photo_asks_whose_the_details_are(sitting: Sitting) -> None:
    sitting.take("a", lambda: photo(1), TYPED)
    assert not sitting.unsure, "the first photo of this patient"
    age = sitting.patient_key("age")
    sitting.take("b", lambda: photo(2), TYPED)
    assert sitting.unsure
    sitting.same_patient()
    assert not sitting.unsure
    assert sitting.patient_key("age") == age
    sitting.take("c", lambda: photo(2), TYPED)
    assert not sitting.unsure, "the very same photo"


def test_another_patient_keeps_the_photo_and_nothing_typed(sitting: Sitting) -> None:
    sitting.take("a", lambda: photo(1), TYPED)
    before = {sitting.patient_key("age"), sitting.answer_key("flag_falls")}
    sitting.saved = ("saved",)
    sitting.take("b", lambda: photo(2), TYPED)
    sitting.another_patient()
    assert not sitting.unsure
    assert sitting.photo is not None
    assert sitting.photo.sha256 == photo(2).sha256
    assert not before & {sitting.patient_key("age"), sitting.answer_key("flag_falls")}
    assert sitting.saved == ()
    assert sitting.left() == before
    assert not sitting.left()


def test_where_nothing_was_typed_nothing_is_asked(sitting: Sitting) -> None:
    sitting.take("a", lambda: photo(1), False)
    sitting.take("b", lambda: photo(2), False)
    assert not sitting.unsure
    sitting.take("c", lambda: photo(3), TYPED)
    assert sitting.unsure, "typed beside the second"


def test_a_photo_taken_away_in_between_is_still_another_photo(sitting: Sitting) -> None:
    sitting.take("a", lambda: photo(1), TYPED)
    sitting.empty()
    sitting.take("b", lambda: photo(2), TYPED)
    assert sitting.unsure
    sitting.empty()
    assert not sitting.unsure, "the details stand by themselves again"
    sitting.turn_to("camera")
    sitting.take("c", lambda: photo(1), TYPED)
    assert not sitting.unsure, "the photo they were typed for"


def test_a_file_that_was_refused_may_be_somebody_elses_too(sitting: Sitting) -> None:
    def refuse() -> Photo:
        raise PhotoUnreadable("This is no photo. Choose another.")

    sitting.take("a", lambda: photo(1), TYPED)
    sitting.take("b", refuse, TYPED)
    assert sitting.unsure
    sitting.another_patient()
    assert not sitting.unsure
    assert sitting.refusal is not None


def test_a_new_patient_finds_nothing_of_the_last(sitting: Sitting) -> None:
    sitting.take("a", lambda: photo(1), TYPED)
    sitting.once(("located", photo(1).sha256, "bundle"), lambda: "found")
    sitting.ask_to_save("this")
    before = {sitting.patient_key("age"), sitting.answer_key("flag_falls")}
    box = sitting.box_key("upload")
    sitting.new_patient()
    assert (sitting.photo, sitting.given, sitting.refusal) == (None, None, None)
    assert (sitting.save_asked, sitting.saved, sitting.results) == (None, (), {})
    assert not before & {sitting.patient_key("age"), sitting.answer_key("flag_falls")}
    assert sitting.box_key("upload") != box
    sitting.take("b", lambda: photo(2), TYPED)
    assert not sitting.unsure


def test_who_turns_from_the_samples_leaves_the_sample_and_then_types(sitting: Sitting) -> None:
    sitting.turn_to("sample")
    sitting.choose(photo(1), WOMAN)
    drawn = sitting.patient_key("age")
    sitting.turn_to("upload")
    assert (sitting.photo, sitting.given) == (None, None)
    typed = sitting.patient_key("age")
    assert typed != drawn
    sitting.take("a", lambda: photo(2), TYPED)
    assert sitting.patient_key("age") == typed
    assert not sitting.unsure


class SlowRead:
    """A file whose reading goes on when told; the thread that reads it."""

    def __init__(self, sitting: Sitting, file: str, shade: int) -> None:
        self._go_on, reading = threading.Event(), threading.Event()

        def read() -> Photo:
            reading.set()
            assert self._go_on.wait(SECONDS)
            return photo(shade)

        self._thread = threading.Thread(target=sitting.take, args=(file, read, False))
        self._thread.start()
        assert reading.wait(SECONDS)

    def end(self) -> None:
        self._go_on.set()
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()


def test_the_newer_of_two_files_wins_though_the_older_is_still_being_read(
    sitting: Sitting,
) -> None:
    older = SlowRead(sitting, "a", 1)
    newer = threading.Thread(target=sitting.take, args=("b", lambda: photo(2), False))
    newer.start()
    older.end()
    newer.join(SECONDS)
    assert sitting.photo is not None
    assert sitting.photo.sha256 == photo(2).sha256


def test_a_sample_chosen_while_a_file_is_read_stays_with_its_details(sitting: Sitting) -> None:
    slow = SlowRead(sitting, "a", 1)
    sitting.choose(photo(2), WOMAN)
    slow.end()
    assert sitting.photo is not None
    assert sitting.photo.sha256 == photo(2).sha256
    assert sitting.given is WOMAN


def test_a_file_taken_away_while_it_is_read_does_not_come_back(sitting: Sitting) -> None:
    for leave in (sitting.empty, lambda: sitting.turn_to("camera")):
        sitting.turn_to("upload")
        slow = SlowRead(sitting, "a", 1)
        leave()
        slow.end()
        assert sitting.photo is None


def test_another_photo_ends_what_was_asked_for_the_last(sitting: Sitting) -> None:
    stopped = threading.Event()

    def work(progress: object) -> None:
        assert callable(progress)
        try:
            while True:
                progress("regions", 0.0)
        finally:
            stopped.set()

    sitting.put(photo(1))
    sitting.ask(("explanation", photo(1).sha256, "bundle"), work, STEPS)
    sitting.once(("explored", "", "bundle"), lambda: "kept")
    sitting.ask_to_save("the photo's assessment")
    sitting.put(photo(2))
    assert stopped.wait(SECONDS)
    assert list(sitting.results.values()) == ["kept"]
    assert sitting.save_asked is None, "pressed for the photo before"


def test_two_presses_for_the_same_are_two(sitting: Sitting) -> None:
    sitting.ask_to_save("this")
    first = sitting.save_asked
    sitting.ask_to_save("this")
    assert sitting.save_asked is not first


def test_what_was_asked_for_is_started_once_and_replaces_its_kind(sitting: Sitting) -> None:
    keys = [("change", sha, "bundle") for sha in ("a", "b")]
    for key in (keys[0], keys[0], keys[1]):
        sitting.ask(key, lambda _: "found", STEPS, instead_of="change")
        (job,) = sitting.results.values()
        assert isinstance(job, Job)
        assert job.wait(SECONDS)
        assert job.result() == "found"
    assert list(sitting.results) == [keys[1]]


def test_what_is_forgotten_is_computed_anew(sitting: Sitting) -> None:
    key = ("located", "a", "bundle")
    assert sitting.once(key, lambda: 1) == sitting.once(key, lambda: 2) == 1
    sitting.forget(key)
    assert sitting.once(key, lambda: 3) == 3

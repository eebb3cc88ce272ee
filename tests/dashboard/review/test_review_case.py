"""What a callback may change, what it may not touch, and whose photo and answers are whose."""

import ast
import threading
from pathlib import Path

import pytest

from face2bone.dashboard.common.job import Job
from face2bone.dashboard.review.kept_picture import KeptPicture
from face2bone.dashboard.review.review_case import ReviewCase
from face2bone.errors import PhotoUnreadable
from tests.dashboard.review.photos import TYPED, WOMAN, photo

DASHBOARD = Path(__file__).resolve().parents[3] / "face2bone" / "dashboard"
SECONDS = 10
STEPS = {"regions": "Regions"}


def callbacks() -> list[tuple[str, str, str]]:
    """Every callback the dashboard gives to a widget: file, argument and what is called."""
    found = []
    for path in DASHBOARD.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.keyword) and (node.arg or "").startswith("on_"):
                found.append((path.name, str(node.arg), ast.unparse(node.value)))
    return found


def test_callbacks_change_a_plain_object_and_nothing_else() -> None:
    """One that touches the session's state is lost when the visitor acts at that moment.

    ``_may`` asks the sign-in first, which is no session's state either.
    """
    plain = ("session.review_case().", "review_case.", "job.", "jobs.", "work.", "at.")
    others = [c for c in callbacks() if not c[2].removeprefix("_may(").startswith(plain)]
    assert {(argument, called) for _, argument, called in others} == {
        ("on_change", "'rerun'"),
        ("on_click", "'ignore'"),
        ("on_select", "'rerun'"),
    }
    assert len(callbacks()) > len(others)


@pytest.mark.parametrize("module", ["review/review_case.py", "common/job.py"])
def test_what_callbacks_belong_to_knows_nothing_of_streamlit(module: str) -> None:
    tree = ast.parse((DASHBOARD / module).read_text())
    imported = {
        name.name for node in ast.walk(tree) if isinstance(node, ast.Import) for name in node.names
    } | {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert not [name for name in imported if "streamlit" in name or name.endswith(".session")]


def test_another_patient_is_typed_under_other_keys(review_case: ReviewCase) -> None:
    before = review_case.patient_key("age"), review_case.answer_key("flag_falls")
    review_case.choose(photo(1), WOMAN)
    after = review_case.patient_key("age"), review_case.answer_key("flag_falls")
    assert not set(before) & set(after)
    assert review_case.given is WOMAN


def test_cleared_answers_leave_the_patient(review_case: ReviewCase) -> None:
    age, flag = review_case.patient_key("age"), review_case.answer_key("flag_falls")
    review_case.clear_answers()
    assert review_case.patient_key("age") == age
    assert review_case.answer_key("flag_falls") != flag


def test_no_two_keys_are_alike_after_any_order_of_choices(review_case: ReviewCase) -> None:
    seen = {review_case.answer_key("flag_falls")}
    for i, act in enumerate(
        (review_case.clear_answers, None, review_case.clear_answers, None, None)
    ):
        if act is None:
            review_case.choose(photo(i), WOMAN)
        else:
            act()
        assert review_case.answer_key("flag_falls") not in seen
        seen.add(review_case.answer_key("flag_falls"))


def test_a_file_is_read_once(review_case: ReviewCase) -> None:
    reads = []

    def read() -> KeptPicture:
        reads.append(1)
        return photo(len(reads))

    for file in ("a", "a", "b", "b"):
        review_case.take(file, read, TYPED)
    assert len(reads) == 2
    assert review_case.photo is not None
    assert review_case.photo.sha256 == photo(2).sha256


def test_files_are_left_with_their_patient_and_not_while_it_is_at_hand(
    review_case: ReviewCase,
) -> None:
    review_case.take("a", lambda: photo(1), TYPED)
    review_case.add_photo(3)
    review_case.take("b", lambda: photo(2), TYPED)
    review_case.another_patient()  # whose photo is in the box
    assert review_case.left_files() == set()
    review_case.new_patient()
    assert review_case.left_files() == {"a", "b"}
    assert review_case.left_files() == set()
    review_case.take("c", lambda: photo(3), TYPED)
    review_case.choose(photo(4), WOMAN)
    assert review_case.left_files() == {"c"}


def test_a_refused_file_leaves_no_photo_and_is_told_until_another_comes(
    review_case: ReviewCase,
) -> None:
    def refuse() -> KeptPicture:
        raise PhotoUnreadable("This is no photo. Choose another.")

    review_case.take("a", lambda: photo(1), TYPED)
    for _ in range(2):
        review_case.take("b", refuse, TYPED)
        assert review_case.photo is None
        assert review_case.refusal is not None
    review_case.take("c", lambda: photo(1), TYPED)
    assert review_case.refusal is None


def test_an_emptied_box_takes_its_photo_along(review_case: ReviewCase) -> None:
    review_case.take("a", lambda: photo(1), TYPED)
    review_case.empty()
    assert review_case.photo is None


def test_a_box_that_was_empty_all_along_takes_nothing(review_case: ReviewCase) -> None:
    review_case.take("a", lambda: photo(1), TYPED)
    for source in ("camera", "upload"):
        review_case.turn_to(source)
        review_case.empty()
        assert review_case.photo is not None


def test_the_same_file_is_read_again_after_another_source(review_case: ReviewCase) -> None:
    review_case.take("a", lambda: photo(1), TYPED)
    review_case.turn_to("sample")
    review_case.choose(photo(2), WOMAN)
    review_case.turn_to("upload")
    review_case.take("a", lambda: photo(1), TYPED)
    assert review_case.photo is not None
    assert review_case.photo.sha256 == photo(1).sha256


def test_a_samples_details_are_not_kept_for_a_photo(review_case: ReviewCase) -> None:
    review_case.choose(photo(1), WOMAN)
    age = review_case.patient_key("age")
    review_case.take("a", lambda: photo(2), TYPED)
    assert review_case.given is None
    assert review_case.patient_key("age") != age


def test_typed_details_are_kept_for_another_photo(review_case: ReviewCase) -> None:
    review_case.take("a", lambda: photo(1), TYPED)
    age = review_case.patient_key("age")
    review_case.take("b", lambda: photo(2), TYPED)
    assert review_case.patient_key("age") == age


def test_a_changed_photo_asks_whose_the_details_are(review_case: ReviewCase) -> None:
    review_case.take("a", lambda: photo(1), TYPED)
    assert not review_case.unsure, "the first photo of this patient"
    age = review_case.patient_key("age")
    review_case.take("b", lambda: photo(2), TYPED)
    assert review_case.unsure
    review_case.same_patient()
    assert not review_case.unsure
    assert review_case.patient_key("age") == age
    review_case.take("c", lambda: photo(2), TYPED)
    assert not review_case.unsure, "the very same photo"


def test_another_patient_keeps_the_photo_and_nothing_typed(review_case: ReviewCase) -> None:
    review_case.take("a", lambda: photo(1), TYPED)
    before = {review_case.patient_key("age"), review_case.answer_key("flag_falls")}
    review_case.saved = ("saved",)
    review_case.take("b", lambda: photo(2), TYPED)
    review_case.another_patient()
    assert not review_case.unsure
    assert review_case.photo is not None
    assert review_case.photo.sha256 == photo(2).sha256
    assert not before & {review_case.patient_key("age"), review_case.answer_key("flag_falls")}
    assert review_case.saved == ()
    assert review_case.left() == before
    assert not review_case.left()


def test_where_nothing_was_typed_nothing_is_asked(review_case: ReviewCase) -> None:
    review_case.take("a", lambda: photo(1), False)
    review_case.take("b", lambda: photo(2), False)
    assert not review_case.unsure
    review_case.take("c", lambda: photo(3), TYPED)
    assert review_case.unsure, "typed beside the second"


def test_a_photo_taken_away_in_between_is_still_another_photo(review_case: ReviewCase) -> None:
    review_case.take("a", lambda: photo(1), TYPED)
    review_case.empty()
    review_case.take("b", lambda: photo(2), TYPED)
    assert review_case.unsure
    review_case.empty()
    assert not review_case.unsure, "the details stand by themselves again"
    review_case.turn_to("camera")
    review_case.take("c", lambda: photo(1), TYPED)
    assert not review_case.unsure, "the photo they were typed for"


def test_a_file_that_was_refused_may_be_somebody_elses_too(review_case: ReviewCase) -> None:
    def refuse() -> KeptPicture:
        raise PhotoUnreadable("This is no photo. Choose another.")

    review_case.take("a", lambda: photo(1), TYPED)
    review_case.take("b", refuse, TYPED)
    assert review_case.unsure
    review_case.another_patient()
    assert not review_case.unsure
    assert review_case.refusal is not None


def test_a_new_patient_finds_nothing_of_the_last(review_case: ReviewCase) -> None:
    review_case.take("a", lambda: photo(1), TYPED)
    review_case.once(("located", photo(1).sha256, "bundle"), lambda: "found")
    review_case.ask_to_save("this")
    before = {review_case.patient_key("age"), review_case.answer_key("flag_falls")}
    box = review_case.box_key("upload")
    review_case.new_patient()
    assert (review_case.photo, review_case.given, review_case.refusal) == (None, None, None)
    assert (review_case.save_asked, review_case.saved, review_case.results) == (None, (), {})
    assert not before & {review_case.patient_key("age"), review_case.answer_key("flag_falls")}
    assert review_case.box_key("upload") != box
    review_case.take("b", lambda: photo(2), TYPED)
    assert not review_case.unsure


def test_who_turns_from_the_samples_leaves_the_sample_and_then_types(
    review_case: ReviewCase,
) -> None:
    review_case.turn_to("sample")
    review_case.choose(photo(1), WOMAN)
    drawn = review_case.patient_key("age")
    review_case.turn_to("upload")
    assert (review_case.photo, review_case.given) == (None, None)
    typed = review_case.patient_key("age")
    assert typed != drawn
    review_case.take("a", lambda: photo(2), TYPED)
    assert review_case.patient_key("age") == typed
    assert not review_case.unsure


class SlowRead:
    """A file whose reading goes on when told; the thread that reads it."""

    def __init__(self, review_case: ReviewCase, file: str, shade: int) -> None:
        self._go_on, reading = threading.Event(), threading.Event()

        def read() -> KeptPicture:
            reading.set()
            assert self._go_on.wait(SECONDS)
            return photo(shade)

        self._thread = threading.Thread(target=review_case.take, args=(file, read, False))
        self._thread.start()
        assert reading.wait(SECONDS)

    def end(self) -> None:
        self._go_on.set()
        self._thread.join(SECONDS)
        assert not self._thread.is_alive()


def test_the_newer_of_two_files_wins_though_the_older_is_still_being_read(
    review_case: ReviewCase,
) -> None:
    older = SlowRead(review_case, "a", 1)
    newer = threading.Thread(target=review_case.take, args=("b", lambda: photo(2), False))
    newer.start()
    older.end()
    newer.join(SECONDS)
    assert review_case.photo is not None
    assert review_case.photo.sha256 == photo(2).sha256


def test_a_sample_chosen_while_a_file_is_read_stays_with_its_details(
    review_case: ReviewCase,
) -> None:
    slow = SlowRead(review_case, "a", 1)
    review_case.choose(photo(2), WOMAN)
    slow.end()
    assert review_case.photo is not None
    assert review_case.photo.sha256 == photo(2).sha256
    assert review_case.given is WOMAN


def test_a_file_taken_away_while_it_is_read_does_not_come_back(review_case: ReviewCase) -> None:
    for leave in (review_case.empty, lambda: review_case.turn_to("camera")):
        review_case.turn_to("upload")
        slow = SlowRead(review_case, "a", 1)
        leave()
        slow.end()
        assert review_case.photo is None


def test_another_photo_ends_what_was_asked_for_the_last(review_case: ReviewCase) -> None:
    stopped = threading.Event()

    def work(progress: object) -> None:
        assert callable(progress)
        try:
            while True:
                progress("regions", 0.0)
        finally:
            stopped.set()

    review_case.put(photo(1))
    review_case.ask(("explanation", photo(1).sha256, "bundle"), work, STEPS)
    review_case.once(("explored", "", "bundle"), lambda: "kept")
    review_case.ask_to_save("the photo's assessment")
    review_case.put(photo(2))
    assert stopped.wait(SECONDS)
    assert list(review_case.results.values()) == ["kept"]
    assert review_case.save_asked is None, "pressed for the photo before"


def test_two_presses_for_the_same_are_two(review_case: ReviewCase) -> None:
    review_case.ask_to_save("this")
    first = review_case.save_asked
    review_case.ask_to_save("this")
    assert review_case.save_asked is not first


def test_what_was_asked_for_is_started_once_and_replaces_its_kind(review_case: ReviewCase) -> None:
    keys = [("change", sha, "bundle") for sha in ("a", "b")]
    for key in (keys[0], keys[0], keys[1]):
        review_case.ask(key, lambda _: "found", STEPS, instead_of="change")
        (job,) = review_case.results.values()
        assert isinstance(job, Job)
        assert job.wait(SECONDS)
        assert job.result() == "found"
    assert list(review_case.results) == [keys[1]]


def test_what_is_forgotten_is_computed_anew(review_case: ReviewCase) -> None:
    key = ("located", "a", "bundle")
    assert review_case.once(key, lambda: 1) == review_case.once(key, lambda: 2) == 1
    review_case.forget(key)
    assert review_case.once(key, lambda: 3) == 3

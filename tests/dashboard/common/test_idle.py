"""A sign-in that nobody uses ends by the server's clock, whatever browser or tab asks."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from face2bone import clock
from face2bone.dashboard.common.idle import LastUse
from face2bone.roles import LOCAL, Role, User

START = datetime(2026, 11, 30, 8, tzinfo=UTC)
LIMIT = timedelta(minutes=15)


class Clock:
    """A clock that is set by hand, and minutes that pass whatever it is set to."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.minutes = self.running = 0.0
        monkeypatch.setattr(clock, "now", lambda: START + timedelta(minutes=self.minutes))
        monkeypatch.setattr(clock, "running", lambda: 60.0 * self.running)

    def at(self, minutes: float) -> None:
        """So much later than at first, by the clock and by itself."""
        self.minutes = self.running = minutes


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Clock:
    return Clock(monkeypatch)


def somebody(minutes: float = 0.0, name: str = "Li") -> User:
    return User(name, name, frozenset(Role), START + timedelta(minutes=minutes))


def test_use_prolongs_it_and_idleness_ends_it(hand: Clock) -> None:
    last = LastUse()
    for minutes in (1.0, 15.0, 30.0, 45.0):
        hand.at(minutes)
        assert last.use(somebody(), LIMIT)
    hand.at(60.1)
    assert not last.use(somebody(), LIMIT)
    assert not last.use(somebody(), LIMIT)  # asking again is no use of it


def test_a_look_at_the_clock_is_no_use(hand: Clock) -> None:
    last = LastUse()
    for minutes in (0.0, 10.0, 15.0):
        hand.at(minutes)
        assert last.holds(somebody(), LIMIT)
    hand.at(15.1)
    assert not last.holds(somebody(), LIMIT)


def test_another_tab_or_a_server_that_was_started_again_begins_no_time_anew(hand: Clock) -> None:
    hand.at(16.0)
    assert not LastUse().use(somebody(), LIMIT)  # the browser still has its cookie
    assert LastUse().use(somebody(minutes=16.0), LIMIT)  # a new sign-in


def test_a_cookie_of_who_signed_out_is_worth_nothing_after_a_restart(hand: Clock) -> None:
    last = LastUse()
    assert last.use(somebody(), LIMIT)
    last.end(somebody())
    hand.at(1.0)
    again = LastUse()
    for minutes in (1.0, 5.0, 14.0):
        hand.at(minutes)
        assert not again.use(somebody(), LIMIT)
        assert not again.holds(somebody(), LIMIT)
        assert again.use(somebody(minutes, "Wu"), LIMIT)


def test_who_signs_in_as_the_server_starts_is_in(hand: Clock) -> None:
    hand.at(0.9 / 60)
    last = LastUse()
    assert last.use(somebody(), LIMIT)  # issued in this second, which began before it


def test_a_clock_that_was_ahead_when_the_server_started_shuts_nobody_out(hand: Clock) -> None:
    hand.minutes = 60.0
    last = LastUse()
    hand.at(1.0)
    assert last.use(somebody(minutes=1.0), LIMIT)


def test_whoever_signs_out_is_out_in_every_tab_and_by_a_copied_cookie(hand: Clock) -> None:
    last = LastUse()
    assert last.use(somebody(), LIMIT)
    last.end(somebody())
    for hand.minutes in (0.0, 5.0, 14.0, 16.0, 100.0):
        assert not last.use(somebody(), LIMIT)
        assert last.use(somebody(hand.minutes, "Wu"), LIMIT)  # which forgets what is too old


def test_a_clock_that_is_ahead_lends_no_more_than_the_limit(hand: Clock) -> None:
    assert LastUse().use(somebody(minutes=10.0), LIMIT)
    assert not LastUse().use(somebody(minutes=16.0), LIMIT)


def test_a_clock_that_is_set_back_again_and_again_gives_no_more_time(hand: Clock) -> None:
    last = LastUse()
    assert last.use(somebody(), LIMIT)
    for hand.running in (5.0, 10.0, 15.0):
        hand.minutes = 1.0  # each time somebody looks
        assert last.holds(somebody(), LIMIT)
    hand.running = 15.1
    assert not last.holds(somebody(), LIMIT)


@pytest.mark.parametrize("back", [-60.0, -365 * 24 * 60.0])
def test_a_clock_set_back_by_more_than_the_limit_ends_it(hand: Clock, back: float) -> None:
    last = LastUse()
    assert last.use(somebody(), LIMIT)
    hand.minutes = back
    assert not last.use(somebody(), LIMIT)
    assert last.use(somebody(back, "Wu"), LIMIT)  # who signs in by that clock is in


def test_a_computer_that_slept_has_not_stopped_the_time(hand: Clock) -> None:
    last = LastUse()
    assert last.use(somebody(), LIMIT)
    hand.minutes = 16.0  # and it has not been running
    assert not last.use(somebody(), LIMIT)


@pytest.mark.parametrize("signed_out", [True, False])
def test_what_was_over_is_not_brought_back_by_the_clock(hand: Clock, signed_out: bool) -> None:
    last = LastUse()
    assert last.use(somebody(), LIMIT)
    if signed_out:
        last.end(somebody())
    hand.minutes = hand.running = 20.0
    assert last.use(somebody(20.0, "Wu"), LIMIT)
    hand.minutes = 1.0
    assert not last.use(somebody(), LIMIT)
    hand.minutes, hand.running = 1.0, 30 * 24 * 60.0
    assert not last.use(somebody(), LIMIT)


def test_nothing_is_remembered_of_what_no_browser_has_any_more(hand: Clock) -> None:
    last = LastUse()
    for name in ("Li", "Wu"):
        assert last.use(somebody(name=name), LIMIT)
        last.end(somebody(name=name))
    hand.minutes = hand.running = 32 * 24 * 60.0
    last.use(somebody(hand.minutes), LIMIT)
    assert len(last._over) == 0


def test_the_one_person_of_a_machine_is_never_signed_out(hand: Clock) -> None:
    hand.minutes = 1e6
    assert LastUse().use(LOCAL, LIMIT)


@given(steps=st.lists(st.floats(0.0, 40.0), min_size=1, max_size=12))
def test_it_holds_exactly_while_no_pause_was_longer_than_the_limit(steps: list[float]) -> None:
    with pytest.MonkeyPatch.context() as monkeypatch:
        hand, last, held = Clock(monkeypatch), LastUse(), True
        for step in steps:
            hand.at(hand.minutes + step)
            held = held and step <= 15.0
            assert last.use(somebody(), LIMIT + timedelta(milliseconds=1)) == held

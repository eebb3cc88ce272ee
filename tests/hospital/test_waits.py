"""Waits that grow, up to a limit or to what the other side asks for."""

from pathlib import Path

from face2bone.hospital.waits import Waits


def test_each_wait_is_twice_the_one_before_up_to_a_limit() -> None:
    now = [0.0]
    waits = Waits(1.0, 5.0, lambda: now[0])
    a, b = Path("a"), Path("b")
    assert [waits.failed(a) for _ in range(5)] == [1.0, 2.0, 4.0, 5.0, 5.0]
    assert (waits.over(a), waits.over(b)) == (False, True)
    now[0] = 5.0
    assert waits.over(a)
    assert (waits.failures(a), waits.failures(b)) == (5, 0)
    waits.done(a)
    assert waits.failures(a) == 0
    assert waits.failed(a) == 1.0


def test_who_asks_for_time_gets_it() -> None:
    now = [0.0]
    waits = Waits(1.0, 5.0, lambda: now[0])
    assert [waits.failed(None, asked) for asked in (60.0, 0.5, 0.0)] == [60.0, 2.0, 4.0]

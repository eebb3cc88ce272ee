from __future__ import annotations

import io

from face2bone.training.bars import Bars


def test_one_bar_a_stage() -> None:
    stream = io.StringIO()
    bars = Bars(stream)
    bars("drawing", 1, 2)
    bars("drawing", 2, 2)
    bars("training", 5, 10, "loss 0.5")
    bars.close()
    text = stream.getvalue()
    assert text.index("drawing") < text.index("training")
    assert "2/2" in text
    assert "5/10" in text
    assert "loss 0.5" in text


def test_a_full_bar_ends_its_line() -> None:
    stream = io.StringIO()
    bars = Bars(stream)
    bars("finding concepts", 99, 100)
    assert not stream.getvalue().endswith("\n")
    bars("finding concepts", 100, 100)
    assert stream.getvalue().endswith("\n")


def test_a_log_file_is_not_flooded() -> None:
    stream = io.StringIO()
    bars = Bars(stream)
    for i in range(1000):
        bars("training", i, 1000)
    bars.close()
    assert stream.getvalue().count("\r") < 5


def test_closing_twice_is_harmless() -> None:
    stream = io.StringIO()
    bars = Bars(stream)
    bars.close()
    bars("training", 1, 1)
    bars.close()
    shown = stream.getvalue()
    assert "training" in shown
    bars.close()
    assert stream.getvalue() == shown

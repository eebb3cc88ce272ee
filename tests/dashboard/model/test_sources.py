"""The Sources page lists what is unverified first, and all the rest."""

from streamlit.testing.v1 import AppTest

from face2bone.clinical.ledger import ledger
from tests.dashboard.acts import tables


def test_every_rule_is_on_the_page_and_the_unverified_stand_first() -> None:
    app = AppTest.from_file("../../../pages/sources.py", default_timeout=60).run()
    assert not app.exception
    unread = sum(not line.verified for line in ledger())
    assert app.header[0].value == f"Unverified: {unread} of {len(ledger())}"
    listed = tables(app)
    assert sum(table.count("\n") for table in listed) == len(ledger())  # a head above each
    assert "Thresholds of FRAX." in listed[1]
    assert any("mark `[unverified]`" in text.value for text in app.markdown)

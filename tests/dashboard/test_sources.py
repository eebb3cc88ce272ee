"""The Sources page lists what is unverified first, and all the rest."""

from streamlit.testing.v1 import AppTest

from face2bone.clinical.ledger import ledger


def test_every_rule_is_on_the_page_and_the_unverified_stand_first() -> None:
    app = AppTest.from_file("../../pages/sources.py", default_timeout=60).run()
    assert not app.exception
    unread = sum(not line.verified for line in ledger())
    assert app.header[0].value == f"Unverified: {unread} of {len(ledger())}"
    assert sum(len(table.value) for table in app.table) == len(ledger())
    assert "Thresholds of FRAX." in app.table[1].value.to_string()
    assert "mark `[unverified]`" in app.markdown[0].value

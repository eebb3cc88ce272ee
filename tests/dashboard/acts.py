"""What a test does on a page that computes in the background."""

from streamlit.testing.v1 import AppTest

from face2bone.dashboard.job import Job

SECONDS = 120


def done(app: AppTest) -> AppTest:
    """The page once every job of its session is over, as its own look at them would show it."""
    for found in app.session_state["results"].values():
        if isinstance(found, Job):
            assert found.wait(SECONDS)
    return app.run()

"""Follow-up: who waits for a DXA result, and how the model did against those that came."""

from face2bone.dashboard.follow_up.page import follow_up

follow_up()

"""Review: one patient, one screen that answers."""

from face2bone.dashboard.review.page import review

review()

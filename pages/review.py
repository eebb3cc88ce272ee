"""Review: one patient, six steps, each opening when the one before is done."""

from face2bone.dashboard.review.page import review

review()

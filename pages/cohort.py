"""Cohort: many pictures in, a table of scores out, with progress, pause and resume."""

from face2bone.dashboard.cohort.page import cohort

cohort()

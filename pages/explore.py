"""Explore: a cohort's explanations, by patient, by group, in pairs, changed, and by concept."""

from face2bone.dashboard.explore.page import explore

explore()

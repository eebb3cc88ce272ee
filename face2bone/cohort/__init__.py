"""Cohorts: the manifest every cohort is described by, splits by patient, and drawn cohorts."""

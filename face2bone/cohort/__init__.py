"""Cohorts: the manifests they are described by, splits by patient, and crop stores."""

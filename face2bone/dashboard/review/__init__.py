"""The Review page: one patient, one photo, one suggestion."""

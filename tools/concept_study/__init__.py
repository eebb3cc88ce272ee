"""The figures of docs/results/concepts.md: run with ``python -m tools.concept_study``."""

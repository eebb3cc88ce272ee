"""The figures of docs/results/concepts.md: run with ``python -m research.concept_study``."""

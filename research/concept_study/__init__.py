"""The figures of docs/evidence/concepts.md: run with ``python -m research.concept_study``."""

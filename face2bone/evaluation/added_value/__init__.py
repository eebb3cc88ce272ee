"""Is the face more than age? Nested models, cross-fitted, and one rule named beforehand."""

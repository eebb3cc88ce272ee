"""What leaves the program as documents.

Assessments, apparent ages, and what a model was measured to be worth.
"""

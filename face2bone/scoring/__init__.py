"""Scoring a cohort nobody has labelled: a list of pictures in, a row of results a picture out.

The Cohort page and ``face2bone score`` are its two faces. Arrays and tables in, frozen
dataclasses out; nothing here draws.
"""

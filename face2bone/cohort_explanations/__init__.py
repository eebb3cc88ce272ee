"""A cohort's explanations: kept in a folder, summed up by group, sorted, compared, varied.

Arrays and tables in, frozen dataclasses out; nothing here draws. The Explore page and
``face2bone explain`` are its two faces.
"""

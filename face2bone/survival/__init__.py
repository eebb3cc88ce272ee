"""Times to an event, with patients last seen before it: the statistics, of cohorts only.

Nothing here forecasts one person's time, and nothing above may make it do so:
``tests/survival/test_cohort_only.py`` holds every page, report and record to that.
"""

"""Does a score read from the face say anything of a cohort's survival beyond age and sex?"""

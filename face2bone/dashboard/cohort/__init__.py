"""The Cohort page: many pictures scored in one go."""

"""The Explore page: the explanations of a cohort."""

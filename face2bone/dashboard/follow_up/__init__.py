"""The Follow-up page: what became of the clinic's assessments."""

"""Alembic's history of the records database; run whenever a database is opened."""

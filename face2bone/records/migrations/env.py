"""Run migrations on the connection that ``face2bone.records.store`` hands over, in its transaction.

A developer makes the next step from a checkout by comparing ``tables.METADATA`` with a database;
a test fails while the two differ.
"""

from alembic import context

from face2bone.records.tables import METADATA

context.configure(connection=context.config.attributes["connection"], target_metadata=METADATA)
context.run_migrations()

"""Alembic's entry: runs on the connection that `wall.store.migrate` hands over."""

from alembic import context

from wall.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()

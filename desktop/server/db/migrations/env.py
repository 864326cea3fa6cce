"""What Alembic runs: on the connection it is given, or offline for a dialect by name (to print the SQL)."""

from alembic import context

from desktop.server.db import tender_models  # noqa: F401 - by its import its tables stand in the metadata
from desktop.server.db.models import Base

connection = context.config.attributes.get("connection")
if connection is not None:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
else:
    context.configure(
        dialect_name=context.config.attributes["dialect"], target_metadata=Base.metadata, literal_binds=True
    )
with context.begin_transaction():
    context.run_migrations()

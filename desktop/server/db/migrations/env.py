"""What Alembic runs: on the connection it is given, or offline for a dialect by name (to print the SQL)."""

from alembic import context

from desktop.server.db import log_models, room_models, tender_models
from desktop.server.db.models import Base

del log_models, room_models, tender_models  # imported for their tables, which are of Base, too

connection = context.config.attributes.get("connection")
if connection is not None:
    context.configure(connection=connection, target_metadata=Base.metadata, render_as_batch=True)
else:
    context.configure(
        dialect_name=context.config.attributes["dialect"], target_metadata=Base.metadata, literal_binds=True
    )
with context.begin_transaction():
    context.run_migrations()

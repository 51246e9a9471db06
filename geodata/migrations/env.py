"""Alembic's entry: runs on the connection that ``geodata.database.migrate`` hands over."""

from __future__ import annotations

from alembic import context

import geodata.tables_analysis  # noqa: F401 - declares its tables
from geodata.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=False)
with context.begin_transaction():
    context.run_migrations()

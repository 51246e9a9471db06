"""Alembic migrations; ``geodata.database.migrate`` runs them."""

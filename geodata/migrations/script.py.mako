"""${message}"""

from __future__ import annotations

from alembic import op

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}


def upgrade() -> None:
    """Say what it makes."""
    op.execute("")


def downgrade() -> None:
    """There is no way back: nothing is ever deleted. Restore a backup instead."""
    raise NotImplementedError(downgrade.__doc__)

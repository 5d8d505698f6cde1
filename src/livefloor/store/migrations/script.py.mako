"""${message}"""

import sqlalchemy as sa
from alembic import op

from livefloor.store.models import Json, UtcTime

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None

__all__ = ["Json", "UtcTime", "downgrade", "sa", "upgrade"]


def upgrade() -> None:
    """Go forward."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """Go back."""
    ${downgrades if downgrades else "pass"}

"""Row-level security: who works for one subdistrict, unit or channel sees only its cases"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"

# Roles belong to the whole cluster: another database may have made it a moment ago.
_ROLE = """
DO $$ BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'shudi_scoped') THEN
        BEGIN
            CREATE ROLE shudi_scoped NOLOGIN;
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;
        END;
    END IF;
    IF NOT pg_has_role(current_user, 'shudi_scoped', 'MEMBER') THEN
        GRANT shudi_scoped TO CURRENT_USER;
    END IF;
END $$;
"""

# No FORCE: the policies bind shudi_scoped, which scoped transactions switch to (SET LOCAL ROLE
# also drops a superuser's powers). FORCE would bind the owner too, and then pg_dump as owner
# refuses to run.
_POLICIES = """
GRANT USAGE ON SCHEMA public TO shudi_scoped;
GRANT SELECT ON case_, case_event, decision TO shudi_scoped;
GRANT SELECT (id, channel, external_id, ref, text, category, received_at, geom, radius_m,
              precision, place_ids, matched_text, reading, recorded_at)
    ON complaint TO shudi_scoped;
ALTER TABLE case_ ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_event ENABLE ROW LEVEL SECURITY;
ALTER TABLE complaint ENABLE ROW LEVEL SECURITY;
ALTER TABLE decision ENABLE ROW LEVEL SECURITY;
CREATE POLICY case_scope ON case_ FOR SELECT TO shudi_scoped USING (
    subdistrict_code = nullif(current_setting('shudi.subdistrict', true), '')
    OR unit_code = nullif(current_setting('shudi.unit', true), '')
    OR channel = nullif(current_setting('shudi.channel', true), '')
    OR co_units @> ARRAY[nullif(current_setting('shudi.unit', true), '')]
);
CREATE POLICY case_event_scope ON case_event FOR SELECT TO shudi_scoped USING (
    EXISTS (SELECT FROM case_ WHERE case_.no = case_event.case_no)
);
CREATE POLICY complaint_scope ON complaint FOR SELECT TO shudi_scoped USING (
    EXISTS (SELECT FROM case_ WHERE case_.complaint_id = complaint.id)
);
CREATE POLICY decision_scope ON decision FOR SELECT TO shudi_scoped USING (
    EXISTS (SELECT FROM case_ WHERE case_.complaint_id = decision.complaint_id)
);
"""


def upgrade() -> None:
    """Make the role and the policies; callers' names and telephones stay closed to the role."""
    op.execute(_ROLE)
    op.execute(_POLICIES)


def downgrade() -> None:
    """There is no way back: nothing is ever deleted. Restore a backup instead."""
    raise NotImplementedError(downgrade.__doc__)

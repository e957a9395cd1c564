"""Database triggers that make the audit log append-only: no UPDATE, DELETE or TRUNCATE."""

from __future__ import annotations

TABLE = "accounts_auditevent"

SQLITE = [
    f"""CREATE TRIGGER audit_no_{verb.lower()} BEFORE {verb} ON {TABLE}
        BEGIN SELECT RAISE(ABORT, 'the audit log is append-only'); END"""
    for verb in ("UPDATE", "DELETE")
]
POSTGRESQL = [
    """CREATE FUNCTION refuse_audit_change() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE EXCEPTION 'the audit log is append-only'; END $$""",
    f"""CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON {TABLE}
        FOR EACH ROW EXECUTE FUNCTION refuse_audit_change()""",
]
# TRUNCATE, which only PostgreSQL has, empties a table without firing the triggers of its rows.
# Of a log without events it takes nothing away: that is what test runs do between two tests.
POSTGRESQL_TRUNCATE = [
    f"""CREATE FUNCTION refuse_audit_truncate() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN IF EXISTS (SELECT 1 FROM {TABLE}) THEN
        RAISE EXCEPTION 'the audit log is append-only'; END IF; RETURN NULL; END $$""",  # noqa: S608
    f"""CREATE TRIGGER audit_no_truncate BEFORE TRUNCATE ON {TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION refuse_audit_truncate()""",
]

"""Database triggers that protect a frozen election, even from raw SQL.

One list of guards serves SQLite and PostgreSQL. Each guard refuses the statements for which its
condition over OLD and NEW holds. In a condition, `{differs}` stands for the null-safe comparison of
the database: IS NOT in SQLite, IS DISTINCT FROM in PostgreSQL.
"""

from __future__ import annotations

# ruff: noqa: S608 - the SQL is made from the constants in this file alone
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from django.db import connections, transaction
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper
    from django.db.migrations import Migration

APP: Final = "voting"

STEPS = (
    "('draft>frozen', 'frozen>called-off', 'frozen>open', 'open>closed', 'closed>counted', "
    "'counted>released')"
)
# These columns are written by one step alone.
WRITTEN_BY = {
    "frozen>called-off": "called_off_at called_off_reason",
    "counted>released": "released_at",
}

ELECTION_CORE = (
    "id slug title description language other_languages translations purpose opens_at "
    "ask_voter_number ask_date_of_birth shuffle_choices allow_revote board_identity key_mode "
    "threshold face_policy challenge least witness_quorum fingerprint manifest"
)
ROLL_PERSON = (
    "id election_id user_id name voter_number number_key date_of_birth district added_by_id"
)
ROLL_CHANGE_RECORD = "id election_id proposed_by_id approved_by_id declined_by_id"
# What a purge leaves of a roll entry: all that the public record is made of.
ROLL_RECORD = "id election_id points credential alias has_voted added_by_id removed_by_id"
ROLL_CREDENTIAL = "points credential alias"
CHANGE_CORE = f"{ROLL_CHANGE_RECORD} reason add remove"
DECIDED = "(OLD.approved_by_id IS NOT NULL OR OLD.declined_by_id IS NOT NULL)"
NO_CREDENTIAL = "NEW.credential = '' AND NEW.alias = '' AND NEW.points = '[]'"
NO_FILES = "NEW.registrar_files = '{}'"
BALLOT_CORE = "id election_id credential tracker ballot"
TRUSTEE_CORE = "id election_id index name registration shares complaint confirmation"


@dataclass(frozen=True, slots=True)
class Guard:
    table: str
    event: str  # INSERT, UPDATE or DELETE
    refuses: str  # SQL over OLD and NEW
    reason: str

    @property
    def name(self) -> str:
        return f"guard_{self.table}_{self.event.lower()}"


def _state(row: str) -> str:
    return f"(SELECT state FROM voting_election WHERE id = {row}.election_id)"


def _differs(columns: str) -> str:
    return " OR ".join(f'OLD."{column}" {{differs}} NEW."{column}"' for column in columns.split())


def _written_by_another_step() -> str:
    return "".join(
        f" OR ((OLD.state || '>' || NEW.state) <> '{step}' AND ({_differs(columns)}))"
        for step, columns in WRITTEN_BY.items()
    )


def _approved(column: str) -> str:
    return (
        f"EXISTS (SELECT 1 FROM voting_rollchange c WHERE c.id = NEW.{column} "
        "AND c.election_id = NEW.election_id AND c.approved_by_id IS NOT NULL)"
    )


def _roll_purge() -> str:
    """An entry of a released election whose person is erased, and nothing else of it."""
    return (
        f"({_state('OLD')} = 'released' AND {_state('NEW')} = 'released'"
        " AND NEW.user_id IS NULL AND NEW.name = '' AND NEW.voter_number = ''"
        " AND NEW.number_key = 'purged-' || OLD.id AND NEW.date_of_birth IS NULL"
        f" AND NEW.district = '' AND NOT ({_differs(ROLL_RECORD)}))"
    )


def _roll_change_purge() -> str:
    return (
        f"""({_state("OLD")} = 'released' AND NEW.reason = '' AND NEW."add" = '[]'"""
        f""" AND NEW."remove" = '[]' AND (NOT ({_differs("registrar_files")}) OR {NO_FILES})"""
        f""" AND NOT ({_differs(ROLL_CHANGE_RECORD)}))"""
    )


def _forgets(row: str, emptied: str) -> str:
    """The link between persons and credentials is removed, as two officials have approved."""
    return (
        f"({emptied} AND {_state(row)} = 'released' AND EXISTS (SELECT 1 FROM voting_jointstep j"
        f" WHERE j.election_id = {row}.election_id AND j.kind = 'forget'"
        " AND j.approved_by_id IS NOT NULL))"
    )


def _state_by_contest(row: str) -> str:
    return (
        "(SELECT e.state FROM voting_election e JOIN voting_contest t ON t.election_id = e.id "
        f"WHERE t.id = {row}.contest_id)"
    )


def _state_by_choice(row: str) -> str:
    return (
        "(SELECT e.state FROM voting_election e JOIN voting_contest t ON t.election_id = e.id "
        f"JOIN voting_choice o ON o.contest_id = t.id WHERE o.id = {row}.choice_id)"
    )


def _only_in_draft(table: str, state_of: dict[str, str], reason: str) -> list[Guard]:
    old, new = f"{state_of['OLD']} <> 'draft'", f"{state_of['NEW']} <> 'draft'"
    return [
        Guard(table, "INSERT", new, reason),
        Guard(table, "UPDATE", f"{old} OR {new}", reason),
        Guard(table, "DELETE", old, reason),
    ]


def _never(table: str, *events: str) -> list[Guard]:
    return [Guard(table, event, "1 = 1", f"{table} is append-only") for event in events]


FROZEN = "the election is frozen"

# Two officials may let an open election close later.
CLOSES_WRONGLY = (
    "(OLD.closes_at {differs} NEW.closes_at AND (OLD.state <> 'open' OR OLD.closes_at IS NULL"
    " OR NEW.closes_at IS NULL OR NEW.closes_at <= OLD.closes_at OR NOT EXISTS (SELECT 1 FROM"
    " voting_jointstep j WHERE j.election_id = NEW.id AND j.kind = 'extend'"
    " AND j.moment = NEW.closes_at AND j.approved_by_id IS NOT NULL)))"
)

GUARDS: list[Guard] = [
    Guard("voting_election", "INSERT", "NEW.state <> 'draft'", "an election begins as a draft"),
    Guard(
        "voting_election",
        "UPDATE",
        f"(OLD.state <> 'draft' AND ({_differs(ELECTION_CORE)} OR {CLOSES_WRONGLY}))"
        f"{_written_by_another_step()}"
        f" OR (OLD.state <> NEW.state AND (OLD.state || '>' || NEW.state) NOT IN {STEPS})"
        " OR (OLD.state <> NEW.state AND NEW.state = 'counted' AND NOT EXISTS"
        " (SELECT 1 FROM voting_result r WHERE r.election_id = NEW.id))",
        FROZEN,
    ),
    Guard("voting_election", "DELETE", "OLD.state <> 'draft'", FROZEN),
    *_only_in_draft("voting_contest", {r: _state(r) for r in ("OLD", "NEW")}, FROZEN),
    *_only_in_draft("voting_choice", {r: _state_by_contest(r) for r in ("OLD", "NEW")}, FROZEN),
    *_only_in_draft(
        "voting_choicepicture", {r: _state_by_choice(r) for r in ("OLD", "NEW")}, FROZEN
    ),
    Guard(
        "voting_voterrollentry",
        "INSERT",
        f"{_state('NEW')} <> 'draft' AND (NEW.has_voted OR "
        f"{_state('NEW')} <> 'open' OR NOT {_approved('added_by_id')})",
        "the roll is frozen",
    ),
    Guard(
        "voting_voterrollentry",
        "UPDATE",
        f"NOT {_roll_purge()} AND ({_state('OLD')} <> 'draft' OR {_state('NEW')} <> 'draft')"
        f" AND ({_differs(ROLL_PERSON)}"
        f" OR (({_differs(ROLL_CREDENTIAL)}) AND NOT {_forgets('OLD', NO_CREDENTIAL)})"
        f" OR (OLD.has_voted {{differs}} NEW.has_voted AND (OLD.has_voted OR "
        f"{_state('OLD')} <> 'open'))"
        " OR (OLD.removed_by_id {differs} NEW.removed_by_id AND (OLD.removed_by_id IS NOT NULL"
        f" OR {_state('OLD')} <> 'open' OR NOT {_approved('removed_by_id')})))",
        "the roll is frozen",
    ),
    Guard("voting_voterrollentry", "DELETE", f"{_state('OLD')} <> 'draft'", "the roll is frozen"),
    Guard(
        "voting_rollchange",
        "UPDATE",
        f"{DECIDED} AND NOT {_roll_change_purge()} AND"
        f" ({_differs(CHANGE_CORE)}"
        f" OR ({_differs('registrar_files')} AND NOT {_forgets('OLD', NO_FILES)}))",
        "a decided change stays as it is",
    ),
    Guard(
        "voting_rollchange",
        "DELETE",
        DECIDED,
        "a decided change stays as it is",
    ),
    Guard(
        "voting_jointstep",
        "UPDATE",
        DECIDED,
        "a decided step stays as it is",
    ),
    Guard(
        "voting_jointstep",
        "DELETE",
        f"{DECIDED} AND {_state('OLD')} <> 'draft'",
        "a decided step stays as it is",
    ),
    *_only_in_draft("voting_registrar", {r: _state(r) for r in ("OLD", "NEW")}, FROZEN),
    *_only_in_draft("voting_witness", {r: _state(r) for r in ("OLD", "NEW")}, FROZEN),
    Guard(
        "voting_castballot",
        "INSERT",
        f"{_state('NEW')} <> 'open' OR EXISTS (SELECT 1 FROM voting_spoiledballot s"
        " WHERE s.election_id = NEW.election_id AND s.tracker = NEW.tracker)",
        "the ballot box does not take this ballot",
    ),
    Guard(
        "voting_castballot",
        "UPDATE",
        f"{_differs(BALLOT_CORE)} OR NOT OLD.live OR {_state('OLD')} <> 'open'",
        "a ballot stays as it was cast",
    ),
    *_never("voting_castballot", "DELETE"),
    *_never("voting_usedciphertext", "UPDATE", "DELETE"),
    Guard(
        "voting_spoiledballot",
        "INSERT",
        f"{_state('NEW')} <> 'open' OR EXISTS (SELECT 1 FROM voting_castballot b"
        " WHERE b.election_id = NEW.election_id AND b.tracker = NEW.tracker)",
        "this ballot is in the box",
    ),
    *_never("voting_spoiledballot", "UPDATE", "DELETE"),
    Guard(
        "voting_boardevent",
        "INSERT",
        "NOT EXISTS (SELECT 1 FROM voting_board b WHERE b.election_id = NEW.election_id"
        ' AND b."count" = NEW.seq AND b."hash" = NEW.prev)',
        "the event does not continue the chain",
    ),
    *_never("voting_boardevent", "UPDATE", "DELETE"),
    Guard(
        "voting_board",
        "UPDATE",
        'OLD.election_id <> NEW.election_id OR NEW."count" <> OLD."count" + 1 OR NOT EXISTS '
        "(SELECT 1 FROM voting_boardevent v WHERE v.election_id = OLD.election_id"
        ' AND v.seq = OLD."count" AND v."hash" = NEW."hash")',
        "the board only grows",
    ),
    *_never("voting_board", "DELETE"),
    Guard(
        "voting_trustee",
        "UPDATE",
        f"{_state('OLD')} <> 'draft' AND ({_differs(TRUSTEE_CORE)}"
        " OR (OLD.endorsement {differs} NEW.endorsement AND (OLD.endorsement IS NOT NULL"
        f" OR {_state('OLD')} <> 'frozen'))"
        f" OR (OLD.partial {{differs}} NEW.partial AND (OLD.partial IS NOT NULL"
        f" OR {_state('OLD')} <> 'closed')))",
        FROZEN,
    ),
    Guard("voting_trustee", "INSERT", f"{_state('NEW')} <> 'draft'", FROZEN),
    Guard("voting_trustee", "DELETE", f"{_state('OLD')} <> 'draft'", FROZEN),
    Guard("voting_electionsecret", "DELETE", f"{_state('OLD')} <> 'draft'", FROZEN),
    Guard("voting_result", "INSERT", f"{_state('NEW')} <> 'closed'", "a result follows closing"),
    *_never("voting_result", "UPDATE", "DELETE"),
]


# How the guards are found, and how one is dropped.
_SQLITE_REMOVE = (
    "SELECT name FROM sqlite_master WHERE type = 'trigger' AND substr(name, 1, 6) = 'guard_'",
    "DROP TRIGGER {name}",
)
_POSTGRESQL_REMOVE = (
    "SELECT proname FROM pg_proc WHERE left(proname, 6) = 'guard_'"
    " AND pronamespace = current_schema()::regnamespace",
    "DROP FUNCTION {name}() CASCADE",
)


def remove_before_migrating(*, plan: list[tuple[Migration, bool]], using: str, **_: Any) -> None:
    """Receives `pre_migrate`. SQLite drops the triggers of a table that it rebuilds, in silence."""
    if any(migration.app_label == APP for migration, _backwards in plan):
        _remove(connections[using])


def install_after_migrating(*, using: str, **_: Any) -> None:
    """Receives `post_migrate`. The guards name columns, so they wait for the last migration."""
    connection = connections[using]
    applied = MigrationRecorder(connection).applied_migrations()
    last = MigrationLoader(connection).graph.leaf_nodes(APP)
    if all(node in applied for node in last):
        with transaction.atomic(using=using):
            _remove(connection)
            _install(connection)


def _install(connection: BaseDatabaseWrapper) -> None:
    make = _postgresql_install if _is_postgresql(connection) else _sqlite_install
    _run(connection, make(GUARDS))


def _remove(connection: BaseDatabaseWrapper) -> None:
    """Also those of an earlier version, which may have had other names."""
    find, drop = _POSTGRESQL_REMOVE if _is_postgresql(connection) else _SQLITE_REMOVE
    with connection.cursor() as cursor:
        cursor.execute(find)
        names = [name for (name,) in cursor.fetchall()]
    _run(connection, [drop.format(name=name) for name in names])


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _is_postgresql(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "postgresql"


def _sqlite_install(guards: list[Guard]) -> list[str]:
    return [
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW "
        f"WHEN {guard.refuses.replace('{differs}', 'IS NOT')} "
        f"BEGIN SELECT RAISE(ABORT, '{guard.reason}'); END"
        for guard in guards
    ]


def _postgresql_install(guards: list[Guard]) -> list[str]:
    statements = []
    for guard in guards:
        condition = guard.refuses.replace("{differs}", "IS DISTINCT FROM")
        row = "OLD" if guard.event == "DELETE" else "NEW"
        statements += [
            f"CREATE FUNCTION {guard.name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            f"IF {condition} THEN RAISE EXCEPTION '{guard.reason}' USING ERRCODE = '23514'; "
            f"END IF; RETURN {row}; END $$",
            f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} "
            f"FOR EACH ROW EXECUTE FUNCTION {guard.name}()",
        ]
    statements.append(
        "CREATE FUNCTION guard_truncate() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF EXISTS (SELECT 1 FROM voting_election WHERE state <> 'draft') THEN "
        "RAISE EXCEPTION 'an election is frozen' USING ERRCODE = '23514'; "
        "END IF; RETURN NULL; END $$"
    )
    # TRUNCATE empties a table without firing the triggers of its rows.
    statements += [
        f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()"
        for table in sorted({guard.table for guard in guards})
    ]
    return statements

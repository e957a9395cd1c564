"""Database triggers that protect a frozen election, even from raw SQL.

One list of guards serves SQLite and PostgreSQL. Each guard refuses the statements for which its
condition over OLD and NEW holds. In a condition, `{differs}` stands for the null-safe comparison of
the database: IS NOT in SQLite, IS DISTINCT FROM in PostgreSQL.
"""

from __future__ import annotations

# ruff: noqa: S608 - the SQL is made from the constants in this file alone
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from django.db.backends.base.base import BaseDatabaseWrapper

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
    "id slug title description opens_at closes_at ask_voter_number ask_date_of_birth "
    "shuffle_choices allow_revote board_identity key_mode threshold face_policy challenge "
    "fingerprint manifest ceremony_round"
)
ROLL_CORE = (
    "id election_id user_id name voter_number number_key date_of_birth district credential alias "
    "added_by_id"
)
BALLOT_CORE = "id election_id credential tracker ballot"
TRUSTEE_CORE = "id election_id index name ceremony_round registration shares complaint confirmation"


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

GUARDS: list[Guard] = [
    Guard("voting_election", "INSERT", "NEW.state <> 'draft'", "an election begins as a draft"),
    Guard(
        "voting_election",
        "UPDATE",
        f"(OLD.state <> 'draft' AND ({_differs(ELECTION_CORE)}))"
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
        f"({_state('OLD')} <> 'draft' OR {_state('NEW')} <> 'draft') AND ({_differs(ROLL_CORE)}"
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
        "OLD.approved_by_id IS NOT NULL",
        "an approved change stays as it is",
    ),
    Guard(
        "voting_rollchange",
        "DELETE",
        "OLD.approved_by_id IS NOT NULL",
        "an approved change stays as it is",
    ),
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

# TRUNCATE, which only PostgreSQL has, empties a table without firing the triggers of its rows.
TRUNCATE_GUARDED = sorted({guard.table for guard in GUARDS})


def install(connection: BaseDatabaseWrapper) -> None:
    _run(connection, _postgresql_install() if _is_postgresql(connection) else _sqlite_install())


def remove(connection: BaseDatabaseWrapper) -> None:
    _run(connection, _postgresql_remove() if _is_postgresql(connection) else _sqlite_remove())


def _run(connection: BaseDatabaseWrapper, statements: list[str]) -> None:
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)


def _is_postgresql(connection: BaseDatabaseWrapper) -> bool:
    return connection.vendor == "postgresql"


def _sqlite_install() -> list[str]:
    return [
        f"CREATE TRIGGER {guard.name} BEFORE {guard.event} ON {guard.table} FOR EACH ROW "
        f"WHEN {guard.refuses.replace('{differs}', 'IS NOT')} "
        f"BEGIN SELECT RAISE(ABORT, '{guard.reason}'); END"
        for guard in GUARDS
    ]


def _sqlite_remove() -> list[str]:
    return [f"DROP TRIGGER IF EXISTS {guard.name}" for guard in GUARDS]


def _postgresql_install() -> list[str]:
    statements = []
    for guard in GUARDS:
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
    statements += [
        f"CREATE TRIGGER guard_{table}_truncate BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION guard_truncate()"
        for table in TRUNCATE_GUARDED
    ]
    return statements


def _postgresql_remove() -> list[str]:
    functions = [*(guard.name for guard in GUARDS), "guard_truncate"]
    return [f"DROP FUNCTION IF EXISTS {name}() CASCADE" for name in functions]

"""A command that is run before the database is set up says so, in one line."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest
from django.core.management import get_commands

from facevote.missing_tables import MIGRATE
from tests.support.pictures import ALICE, jpeg
from tests.support.places import BASE

OURS = {
    name
    for name, app in get_commands().items()
    if str(app).partition(".")[0] in {"accounts", "biometrics", "facevote", "voting"}
}
# What each command needs so that it comes as far as the database, if it needs that at all.
ARGUMENTS = {
    "create_official": ["helen"],
    "verify_audit_log": [],
    "encode_faces": ["{folder}"],
    "recognize_faces": ["{folder}/ann/1.jpg"],
    "reencode_faces": [],
    "rotate_template_keys": [],
    "create_demonstration": [],
    "authenticator_code": ["helen"],
    "create_api_token": ["helen", "--label", "a", "--scope", "voters:read"],
    "forget_voters": ["an-election"],
    "purge_personal_data": [],
    "publish_board_head": ["an-election"],
}
NO_DATABASE = {
    "attack_report": ["{folder}"],
    "build_centring": ["{folder}"],
    "build_encoder": ["none"],
    "build_liveness": ["{folder}"],
    "collect_liveness_frames": [
        *("{folder}/none.mp4", "--label", "real", "--subject", "a", "--device", "b"),
        *("--out", "{folder}/out"),
    ],
    "calibrate_liveness": ["{folder}/none"],
    "evaluate_liveness": ["{folder}/none"],
    "evaluate_matching": ["{folder}/none"],
    "audit_page": ["{folder}/audit.html"],
    "mutate_election": ["--trials", "1"],
    "script_hashes": [],
    "train_liveness": ["{folder}/none"],
    "try_liveness": ["{folder}/none.mp4"],
}
RUN_ALL = """
import contextlib, io, json, sys, traceback
import manage
outcomes = {}
for name, arguments in json.load(sys.stdin).items():
    told = io.StringIO()
    sys.argv = ["manage.py", name, *arguments]
    with contextlib.redirect_stderr(told), contextlib.redirect_stdout(io.StringIO()):
        try:
            manage.main()
            code = 0
        except SystemExit as end:
            code = end.code
        except BaseException:
            code = "traceback"
            traceback.print_exc(file=told)
    outcomes[name] = [code, told.getvalue()]
json.dump(outcomes, sys.stdout)
"""


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory):
    """Exit code and error output of every command, on a database that has no tables."""
    folder = tmp_path_factory.mktemp("people")
    (folder / "ann").mkdir()
    (folder / "ann" / "1.jpg").write_bytes(jpeg(ALICE))
    commands = {
        name: [argument.format(folder=folder) for argument in arguments]
        for name, arguments in (ARGUMENTS | NO_DATABASE).items()
    }
    environment = {**os.environ, "DATA_DIR": str(tmp_path_factory.mktemp("data"))}
    environment.pop("DATABASE_URL", None)
    done = subprocess.run(
        [sys.executable, "-c", RUN_ALL],
        input=json.dumps(commands),
        cwd=BASE,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(done.stdout)


def test_every_command_is_on_one_of_the_lists():
    assert {*ARGUMENTS, *NO_DATABASE} == OURS


@pytest.mark.parametrize("command", sorted(ARGUMENTS))
def test_a_command_that_needs_tables_says_how_to_make_them(outcomes, command):
    code, told = outcomes[command]

    assert code == 2
    last = told.strip().splitlines()[-1]
    assert last.startswith(f"The database has no tables yet: {MIGRATE}")
    assert "Traceback" not in told


@pytest.mark.parametrize("command", sorted(NO_DATABASE))
def test_no_other_command_fails_for_want_of_tables(outcomes, command):
    _code, told = outcomes[command]

    assert "no such table" not in told
    assert "Traceback" not in told

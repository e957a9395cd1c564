"""What passwords leave behind, in a process of its own: the settings are the whole process's."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

from tests.support.places import BASE

HASHING = """
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from accounts.passwords.hashing import Argon2id
from facevote.serving.memory import give_large_blocks_back

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * 4096

def hashed(_):
    return Argon2id().encode("a password", "saltsaltsalt")

if sys.argv[1] == "fixed":
    give_large_blocks_back()
hashed(0)
before = resident()
with ThreadPoolExecutor(8) as pool:
    list(pool.map(hashed, range(40)))
    print(resident() - before)
"""
ONE_HASH = 19 * 1024 * 1024

pytestmark = pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="glibc's malloc alone")


def grown(how):
    done = subprocess.run(
        [sys.executable, "-c", HASHING, how], cwd=BASE, check=True, capture_output=True, text=True
    )
    return int(done.stdout)


def test_sign_ins_leave_no_memory_behind():
    assert grown("fixed") < ONE_HASH / 2


def test_without_the_settings_they_would():
    assert grown("as it comes") > 2 * ONE_HASH

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.support.mail import mail_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.harness.mail_server import MailServer


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MailServer]:
    with mail_server(tmp_path_factory.mktemp("mail")) as server:
        yield server

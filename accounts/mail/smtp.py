"""SMTP that knows whether a message was on its way when the connection broke."""

from __future__ import annotations

import smtplib
from typing import TYPE_CHECKING

from django.core.mail.backends.smtp import EmailBackend

if TYPE_CHECKING:
    from typing import Any


class _Noting:
    """Notes the moment from which on the server may have the message.

    Before the end of DATA nothing can arrive. After it, only the server's answer tells.
    """

    may_have_arrived = False

    def data(self, msg: Any) -> tuple[int, bytes]:
        self.may_have_arrived = True
        answer: tuple[int, bytes] = super().data(msg)  # type: ignore[misc]
        self.may_have_arrived = False
        return answer


class NotingSmtp(_Noting, smtplib.SMTP):
    pass


class NotingSmtpSsl(_Noting, smtplib.SMTP_SSL):
    pass


class SmtpBackend(EmailBackend):
    @property
    def connection_class(self) -> type[smtplib.SMTP]:
        return NotingSmtpSsl if self.use_ssl else NotingSmtp

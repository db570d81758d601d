"""Rows of the outbox and of certificates, read back as the shapes of the ports."""

from __future__ import annotations

from datetime import date
from typing import cast

from bot.domain.certificate import Authority, Certificate, Status
from bot.messages import Reply
from bot.ports import MessageKind, Outgoing, Queued, State
from bot.store.cipher import Cipher
from bot.store.driver import Row
from bot.store.tables import instant

QUEUED = (
    "SELECT o.*, p.openid, c.authority, c.number, c.expires_on, c.status, c.muted_above"
    " FROM outbox o JOIN contacts p ON p.id = o.contact_id"
    " LEFT JOIN certificates c ON c.id = o.certificate_id"
)

ORDER = (
    "CASE kind WHEN 'expiry' THEN 1 WHEN 'nudge' THEN 2 WHEN 'notice' THEN 2 ELSE 0 END,"
    " COALESCE(term, ''), id"
)
"""One person's messages, the first to go first: what he asked for, then the nearest deadline,
then everything else."""


def read_certificate(row: Row, cipher: Cipher) -> Certificate:
    """Read a row of ``certificates``. Raises ``Unreadable``."""
    return _certificate(row, row.id, cipher)


def _certificate(row: Row, certificate_id: int, cipher: Cipher) -> Certificate:
    return Certificate(
        certificate_id,
        cast(Authority, row.authority),
        cipher.open(row.number, "certificates.number", row.contact_id),
        date.fromisoformat(row.expires_on),
        cast(Status, row.status),
        row.muted_above,
    )


def read_queued(row: Row, cipher: Cipher) -> Queued:
    """Read a row of ``QUEUED``. Raises ``Unreadable``."""
    said = Reply()
    if row.said is not None:
        said = Reply.from_json(cipher.open(row.said, "outbox.said", row.contact_id))
    certificate = None
    if row.expires_on is not None:
        certificate = _certificate(row, row.certificate_id, cipher)
    message = Outgoing(
        cast(MessageKind, row.kind),
        row.scope,
        instant(row.due_at),
        said.said,
        row.certificate_id,
        row.point,
        date.fromisoformat(row.term) if row.term else None,
        instant(row.not_after) if row.not_after else None,
    )
    return Queued(
        row.id,
        row.contact_id,
        row.openid,
        message,
        cast(State, row.state),
        row.reason,
        row.via,
        row.tries,
        certificate,
    )

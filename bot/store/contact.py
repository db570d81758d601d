"""One person's row under his lock; what changes of it is written once, before the commit."""

from __future__ import annotations

from typing import Any

from bot.store.cipher import Cipher
from bot.store.driver import Connection, Result, Statement

_PERSON = (
    "SELECT id, openid, followed, session, turn, hour, reminders_on, waiting, service_left,"
    " service_until, tap_left, tap_until, closed, created_at, heard_at FROM contacts WHERE id = :id"
)
_FIND = Statement(_PERSON)
# the weaker row lock: an arrival of the same person may still be recorded meanwhile
_LOCK = Statement(f"{_PERSON} FOR NO KEY UPDATE")
_COLUMNS = (
    "session", "turn", "service_left", "service_until", "tap_left", "tap_until", "closed",
    "heard_at",
)  # fmt: skip
_KEEP = Statement(
    f"UPDATE contacts SET {', '.join(f'{name} = :{name}' for name in _COLUMNS)} WHERE id = :id"
)


class Contact:
    """The row, its person's statements, and his seals."""

    def __init__(
        self, connection: Connection, cipher: Cipher, contact_id: int, *, lock: bool
    ) -> None:
        self.connection, self.cipher, self.id = connection, cipher, contact_id
        self.row = connection.execute(_LOCK if lock else _FIND, {"id": contact_id}).one()
        self._changed: dict[str, Any] = {}

    def run(self, statement: Statement, **values: Any) -> Result:
        """Run a statement about him: ``:id`` is his."""
        return self.connection.execute(statement, {"id": self.id, **values})

    def seal(self, text: str, place: str) -> bytes:
        """Encrypt a text of his for its column."""
        return self.cipher.seal(text, place, self.id)

    def open(self, sealed: bytes, place: str) -> str:
        """Decrypt a text of his. Raises ``Unreadable``."""
        return self.cipher.open(sealed, place, self.id)

    def change(self, **columns: Any) -> None:
        """Change columns of the row when the turn ends."""
        self._changed |= columns

    def forget_changes(self) -> None:
        """Drop what was to be changed: something larger has taken its place."""
        self._changed.clear()

    def flush(self) -> None:
        """Write what has changed, in one statement."""
        if self._changed:
            kept = {name: getattr(self.row, name) for name in _COLUMNS}
            self.run(_KEEP, **{**kept, **self._changed})

"""Renewals as operators see them: who waits, what does not fit, and what is decided."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from bot.domain.application import Deed, Reason, State
from bot.domain.document import Document
from bot.domain.form import Readings, doubts, lacking, lacking_papers, mask_name
from bot.domain.order import GIVES_BACK
from bot.domain.reminders import SHANGHAI
from bot.messages import Said
from bot.ports import Application, Listed, Outgoing
from bot.store.application_rows import APPLICATION, read
from bot.store.cipher import Cipher
from bot.store.conversation import StoredConversation
from bot.store.conversations import StoredConversations
from bot.store.database import Database
from bot.store.driver import Statement
from bot.store.tables import OPEN

_OPEN = Statement(
    f"{APPLICATION} WHERE a.{OPEN} AND a.data_key IS NOT NULL ORDER BY a.changed_at, a.id"
)
_OF_STATE = Statement(
    f"{APPLICATION} WHERE a.state = :state AND a.data_key IS NOT NULL ORDER BY a.changed_at, a.id"
)
_ONE = Statement(f"{APPLICATION} WHERE a.id = :row")
_WHOSE = Statement(f"SELECT contact_id FROM applications WHERE id = :row AND {OPEN}")


@dataclass(frozen=True, slots=True)
class StoredApplicationDesk:
    """Implements ``ports.ApplicationDesk``. ``say`` puts a key of words into a sentence."""

    database: Database
    cipher: Cipher
    conversations: StoredConversations
    wanted: Sequence[Document]
    say: Callable[[str, Mapping[str, Any]], Said]

    def list(self, now: datetime, state: State | None = None) -> Sequence[Listed]:
        """Return those of a state, or all open ones; the longest untouched first."""
        statement = _OF_STATE if state else _OPEN
        with self.database.read() as connection:
            rows = connection.execute(statement, {"state": state}).all()
            found = [read(connection, self.cipher, row) for row in rows]
        return [self._line(one, now) for one in found]

    def _line(self, one: Application, now: datetime) -> Listed:
        taken = [photo for photo in one.photos if photo.state in {"kept", "skipped"}]
        readings = {photo.document: photo.reading for photo in taken if photo.reading}
        return Listed(
            one.id,
            one.state,
            one.changed_at,
            mask_name(one.form.name),
            lacking(one.form) + lacking_papers(self.wanted, [photo.document for photo in taken]),
            doubts(one.form, Readings(readings), now.astimezone(SHANGHAI).date()),
            one.disputed,
        )

    def show(self, application_id: int) -> Application:
        """Return one, unmasked. Raises ``LookupError``."""
        with self.database.read() as connection:
            row = connection.execute(_ONE, {"row": application_id}).one()
            return read(connection, self.cipher, row)

    def do(
        self,
        application_id: int,
        deed: Deed,
        now: datetime,
        reasons: Sequence[Reason] = (),
        note: str = "",
    ) -> State:
        """Do an operator's deed, have its person told of the new state, and return that."""
        with self.database.read() as connection:
            contact = connection.execute(_WHOSE, {"row": application_id}).scalar_one()
        with self.conversations.open(contact) as conversation:
            current = conversation.applications.current()
            if current is None or current.id != application_id:
                raise LookupError("it has been closed meanwhile")
            state = conversation.applications.happen(deed, "operator", now, reasons, note)
            if deed in GIVES_BACK:
                conversation.orders.give_back(current, GIVES_BACK[deed], now)
            told = self._words(state, reasons, note)
            self._tell(conversation, f"{current.id}:{len(current.history) + 1}", told, now)
        return state

    def forget(self, application_id: int, now: datetime) -> None:
        """Destroy all that is kept of an application's person. Raises ``LookupError``."""
        with self.database.read() as connection:
            contact = connection.execute(_WHOSE, {"row": application_id}).scalar_one()
        with self.conversations.open(contact) as conversation:
            if (current := conversation.applications.current()) is not None:
                conversation.orders.give_back(current, "withdrawn", now)
            conversation.wipe(now)

    def _words(self, state: State, reasons: Sequence[Reason], note: str) -> tuple[Said, ...]:
        texts = [self.say(f"application.reason.{reason}", {}).text for reason in reasons]
        between = self.say("application.between", {}).text
        told = self.say(f"application.told.{state}", {"reasons": between.join(texts)})
        return (told, self.say("application.note", {"words": note})) if note else (told,)

    def _tell(
        self, conversation: StoredConversation, n: str, told: tuple[Said, ...], now: datetime
    ) -> None:
        conversation.mailbox.queue(Outgoing("news", f"application:{n}", now, told))

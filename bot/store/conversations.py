"""The inbox and the lock: who arrives is recorded first, then served one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime

from bot.messages import Incoming, Reply
from bot.ports import Arrival
from bot.store.cipher import Cipher
from bot.store.contact import Contact
from bot.store.conversation import StoredConversation, late_scope
from bot.store.database import Database, real_now
from bot.store.driver import Connection, Statement
from bot.store.tables import micros

_CONTACT = Statement("SELECT id FROM contacts WHERE openid = :openid")
_NEW_CONTACT = Statement(
    "INSERT INTO contacts (openid, created_at) VALUES (:openid, :now)"
    " ON CONFLICT (openid) DO NOTHING"
)
_APPLICANT = Statement("SELECT contact_id FROM applications WHERE id = :id")
_IN_ORDER = Statement("SELECT pg_advisory_xact_lock(:contact)")
_ARRIVE = Statement(
    "INSERT INTO arrivals (contact_id, key, body, arrived_at, late)"
    " VALUES (:contact, :key, :body, :arrived, :late) ON CONFLICT (key) DO NOTHING RETURNING id"
)
_KNOWN = Statement("SELECT id, contact_id, reply, late FROM arrivals WHERE key = :key")
_REPLY = Statement(
    "SELECT contact_id, reply, late FROM arrivals WHERE id = :id AND done_at IS NOT NULL"
)
_LATE = Statement("UPDATE arrivals SET late = 1 WHERE id = :id AND done_at IS NULL")
_UNDONE = Statement(
    "SELECT contact_id FROM arrivals WHERE done_at IS NULL AND (late = 1 OR arrived_at < :before)"
    " GROUP BY contact_id ORDER BY min(id) LIMIT :most"
)
_LATE_ALL = Statement(
    "UPDATE arrivals SET late = 1"
    " WHERE contact_id = :contact AND done_at IS NULL AND arrived_at < :before"
)


class StoredConversations:
    """Implements ``ports.Conversations``."""

    def __init__(
        self,
        database: Database,
        cipher: Cipher,
        forget_after_days: int = 30,
        consent_template: str = "",
        failpoint: Callable[[str], None] = lambda _name: None,
    ) -> None:
        self._database, self._cipher = database, cipher
        self._forget_after_days = forget_after_days
        self._template = consent_template
        self._failpoint = failpoint

    def arrive(self, incoming: Incoming, now: datetime, *, late: bool = False) -> Arrival:
        """Record an arrival, once per key, and return it with its reply if it has one.

        The commit does not wait for the disk: it survives the death of the process, and a
        power cut before the turn's own commit is made good by WeChat, which got no 200.
        """
        with self._database.write(lasting=False) as connection:
            contact = self._contact(connection, incoming.openid, now)
            if not self._database.is_sqlite:
                # a number is drawn before its row is committed: without this, a later
                # arrival of the same person could be seen before an earlier one
                connection.execute(_IN_ORDER, {"contact": contact})
            row = {
                "contact": contact,
                "key": self._key(incoming),
                "body": self._cipher.seal(incoming.to_json(), "arrivals.body", contact),
                "arrived": real_now(),
                "late": int(late),
            }
            new = connection.execute(_ARRIVE, row).scalar_one_or_none()
            if new is not None:
                arrival = Arrival(new, contact, incoming)
            else:
                arrival = self._known(connection, incoming)
        self._failpoint("after_arrival")
        return arrival

    def _contact(self, connection: Connection, openid: str, now: datetime) -> int:
        found = connection.execute(_CONTACT, {"openid": openid}).scalar_one_or_none()
        if found is None:
            connection.execute(_NEW_CONTACT, {"openid": openid, "now": micros(now)})
            found = connection.execute(_CONTACT, {"openid": openid}).scalar_one()
        return int(found)

    def _key(self, incoming: Incoming) -> str:
        """Return what tells an arrival from others, without the openid that is part of it."""
        return self._cipher.digest(incoming.key, "arrivals.key")

    def _known(self, connection: Connection, incoming: Incoming) -> Arrival:
        row = connection.execute(_KNOWN, {"key": self._key(incoming)}).one()
        # a late answer may be on its way: ``reply`` finds out
        reply = None if row.late else self._open(row.contact_id, row.reply)
        return Arrival(row.id, row.contact_id, incoming, reply)

    def _open(self, contact: int, sealed: bytes | None) -> Reply | None:
        if sealed is None:
            return None
        return Reply.from_json(self._cipher.open(sealed, "arrivals.reply", contact))

    @contextmanager
    def open(self, contact_id: int) -> Iterator[StoredConversation]:
        """Lock a person and begin a transaction; commit on leaving, roll back on an error."""
        with self._database.write() as connection:
            lock = not self._database.is_sqlite
            contact = Contact(connection, self._cipher, contact_id, lock=lock)
            yield StoredConversation(
                contact, forget_after_days=self._forget_after_days, template=self._template
            )
            contact.flush()
            self._failpoint("before_commit")
        self._failpoint("after_commit")

    def find(self, openid: str) -> int | None:
        """Return the contact of an openid, if he has ever been here."""
        with self._database.read() as connection:
            found: int | None = connection.execute(
                _CONTACT, {"openid": openid}
            ).scalar_one_or_none()
            return found

    def applicant(self, application_id: int) -> int | None:
        """Return the contact whose application this is."""
        with self._database.read() as connection:
            values = {"id": application_id}
            found: int | None = connection.execute(_APPLICANT, values).scalar_one_or_none()
            return found

    def reply(self, arrival_id: int) -> Reply | None:
        """Return the stored reply of an answered arrival, to be given passively.

        A late answer that has not left yet is taken back from the outbox. If it has, there
        is nothing more to say: the reply is empty.
        """
        with self._database.read() as connection:
            row = connection.execute(_REPLY, {"id": arrival_id}).one_or_none()
        if row is None:
            return None
        reply = self._open(row.contact_id, row.reply)
        if row.late and reply:
            with self.open(row.contact_id) as conversation:
                if not conversation.mailbox.take_back(late_scope(arrival_id)):
                    return Reply()
        return reply

    def send_late(self, arrival_id: int) -> Reply | None:
        """Give up the passive way; returns the reply instead if it has been made meanwhile."""
        with self._database.write() as connection:
            marked = connection.execute(_LATE, {"id": arrival_id}).rowcount
        return None if marked else self.reply(arrival_id)

    def undone(self, older_than_s: float, limit: int = 100) -> Sequence[int]:
        """Return contacts with arrivals nobody has answered for that many real seconds.

        WeChat has stopped asking for these by then, so their answers go the late way; those
        that were given up before are returned at once.
        """
        before = real_now() - int(older_than_s * 1_000_000)
        with self._database.read() as connection:
            found = connection.execute(_UNDONE, {"before": before, "most": limit})
            contacts = [int(contact) for contact in found.scalars()]
        for contact in contacts:
            with self._database.write() as connection:
                connection.execute(_LATE_ALL, {"contact": contact, "before": before})
        return contacts

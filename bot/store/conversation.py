"""One person under his lock: everything a turn may read or change, in one transaction."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.messages import Incoming, Reply
from bot.ports import Arrival, Outgoing, Person
from bot.store import forgetting
from bot.store.agreements import StoredAgreements
from bot.store.applications import StoredApplications
from bot.store.certificates import StoredCertificates
from bot.store.cipher import Cipher, Unreadable
from bot.store.contact import Contact
from bot.store.database import real_now
from bot.store.driver import Connection, Statement
from bot.store.feedback import StoredFeedback
from bot.store.jobs import StoredJobs
from bot.store.ledger import StoredLedger
from bot.store.mailbox import StoredMailbox
from bot.store.orders import StoredOrders
from bot.store.phone_codes import StoredPhoneCodes
from bot.store.tables import instant, micros
from bot.store.uploads import StoredUploads

_NEXT = Statement(
    "SELECT id, body, arrived_at FROM arrivals WHERE contact_id = :id AND done_at IS NULL"
    " ORDER BY id LIMIT 2"
)
_FINISH = Statement(
    "UPDATE arrivals SET reply = :reply, done_at = :done"
    " WHERE id = :arrival AND done_at IS NULL RETURNING late"
)
_OPEN_REQUEST = Statement(
    "SELECT id FROM human_requests WHERE contact_id = :id AND state = 'open' ORDER BY id LIMIT 1"
)
_REQUEST = Statement(
    "INSERT INTO human_requests (contact_id, state, reason, words, opened_at)"
    " VALUES (:id, 'open', :reason, :words, :now) RETURNING id"
)
_UNFOLLOW = Statement(
    "UPDATE contacts SET followed = 0, purge_at = :purge_at, service_left = 0, tap_left = 0,"
    " waiting = 0, heard_at = :at WHERE id = :id"
)
_BLANK = Statement("UPDATE arrivals SET body = :nothing WHERE id = :arrival")
_FOLLOW = Statement("UPDATE contacts SET followed = 1, purge_at = NULL WHERE id = :id")


class StoredConversation:
    """Implements ``ports.Conversation`` on an open transaction."""

    def __init__(self, contact: Contact, *, forget_after_days: int, template: str) -> None:
        self._contact = contact
        self._wiped = False
        self._forget_after = timedelta(days=forget_after_days)
        self.person = _person(contact)
        self.more = False
        self.ledger = StoredLedger(contact, template)
        self.mailbox = StoredMailbox(contact)
        self.feedback = StoredFeedback(contact)
        self.jobs = StoredJobs(contact)
        self.certificates = StoredCertificates(contact, self.mailbox)
        self.agreements = StoredAgreements(contact)
        self.applications = StoredApplications(contact, self.jobs)
        self.orders = StoredOrders(contact, self.applications, self.mailbox)
        self.uploads = StoredUploads(contact, self.applications)
        self.phone_codes = StoredPhoneCodes(contact)

    @property
    def connection(self) -> Connection:
        """The transaction, for the store's own rooms."""
        return self._contact.connection

    @property
    def cipher(self) -> Cipher:
        """What opens the rows of this transaction, for the store's own rooms."""
        return self._contact.cipher

    def next_arrival(self) -> Arrival | None:
        """Return his earliest arrival without an answer."""
        rows = self._contact.run(_NEXT).all()
        self.more = len(rows) > 1
        if not rows:
            return None
        row = rows[0]
        try:
            body = self._contact.open(row.body, "arrivals.body")
        except Unreadable:
            nothing = Incoming("", self.person.openid, "unknown", instant(row.arrived_at))
            return Arrival(row.id, self._contact.id, nothing, damaged=True)
        return Arrival(row.id, self._contact.id, Incoming.from_json(body))

    def finish(self, arrival: Arrival, reply: Reply) -> bool:
        """Mark the arrival as answered; return whether the reply may be given passively.

        A late one leaves through the outbox instead.
        """
        sealed = self._contact.seal(reply.to_json(), "arrivals.reply")
        values = {"reply": sealed, "done": real_now(), "arrival": arrival.id}
        late = self._contact.run(_FINISH, **values).scalar_one_or_none()
        if self._wiped:
            self._contact.run(_BLANK, arrival=arrival.id, nothing=b"")
        if late and reply:
            due = arrival.incoming.sent_at
            self.mailbox.queue(Outgoing("reply_part", late_scope(arrival.id), due, reply.said))
        return bool(late == 0)

    def keep_session(self, session: str | None, turn: int) -> None:
        """Replace the conversation."""
        keep = session and not self._wiped
        sealed = self._contact.seal(session, "contacts.session") if session and keep else None
        self._contact.change(session=sealed, turn=turn)

    def request_human(self, reason: str, words: str, now: datetime) -> int:
        """Record that he needs a person; return the request's id (the open one if any)."""
        found = self._contact.run(_OPEN_REQUEST).scalar_one_or_none()
        if found is None:
            sealed = self._contact.seal(words, "human_requests.words")
            values = {"reason": reason, "words": sealed, "now": micros(now)}
            found = self._contact.run(_REQUEST, **values).scalar_one()
        return int(found)

    def wipe(self, now: datetime) -> None:
        """Forget all he has told us; the turn under way still answers him.

        Of this turn neither its session nor the words it answers are kept.
        """
        self.applications.shred(now)
        self.mailbox.cancel_timers()
        for statement in forgetting.OF_A_PERSON:
            self._contact.run(statement, nothing=b"", now=micros(now))
        forgetting.tidy_later(self.connection)
        self._contact.change(session=None)
        self._wiped = True

    def unfollow(self, at: datetime, now: datetime) -> None:
        """Cancel everything planned, and start the forgetting the platform demands."""
        if micros(at) < self._contact.row.heard_at:
            return  # overtaken: he has been heard of since
        self._contact.forget_changes()
        self.mailbox.cancel_all("unfollowed")
        purge_at = micros(now + self._forget_after)
        self._contact.run(_UNFOLLOW, purge_at=purge_at, at=micros(at))

    def follow(self, at: datetime, now: datetime) -> bool:
        """Mark as following; return True if he came back within the grace period."""
        row = self._contact.row
        if micros(at) < row.heard_at:
            return False
        self._contact.change(heard_at=micros(at))
        if row.followed:
            return False
        self._contact.run(_FOLLOW)
        self.certificates.owe_missed(now)
        self.mailbox.recount()
        return True


def late_scope(arrival_id: int) -> str:
    """Return the outbox's scope of an answer that was too late for a passive reply."""
    return f"{arrival_id}:late"


def _person(contact: Contact) -> Person:
    row = contact.row
    return Person(
        id=row.id,
        openid=row.openid,
        followed=bool(row.followed),
        session=_session(contact),
        turn=row.turn,
        hour=row.hour,
        reminders_on=bool(row.reminders_on),
        waiting=row.waiting,
        created_at=instant(row.created_at),
    )


_OF_NO_VERSION = "{}"


def _session(contact: Contact) -> str | None:
    """Open the session; one that does not open is as one that no release can read."""
    if not contact.row.session:
        return None
    try:
        return contact.open(contact.row.session, "contacts.session")
    except Unreadable:
        return _OF_NO_VERSION

"""One person under his lock: everything a turn may read or change, in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

from bot.domain import reach, reminders
from bot.domain.certificate import Certificate
from bot.messages import Incoming, Reply, Said
from bot.ports import Arrival, Outgoing, Person, Queued, Timer
from bot.store.cipher import Cipher
from bot.store.database import real_now
from bot.store.driver import Connection, Row, Statement
from bot.store.queued import QUEUED, read_certificate, read_queued
from bot.store.tables import instant, micros

_PERSON = (
    "SELECT id, openid, followed, session, turn, hour, reminders_on, waiting, service_left,"
    " service_until, tap_left, tap_until, closed, created_at FROM contacts WHERE id = :id"
)
_FIND = Statement(_PERSON)
# the weaker row lock: an arrival of the same person may still be recorded meanwhile
_LOCK = Statement(f"{_PERSON} FOR NO KEY UPDATE")
_NEXT = Statement(
    "SELECT id, body, late FROM arrivals WHERE contact_id = :id AND done_at IS NULL"
    " ORDER BY id LIMIT 2"
)
_FINISH = Statement("UPDATE arrivals SET reply = :reply, done_at = :done WHERE id = :id")
_TURN = Statement(
    "UPDATE contacts SET session = :session, turn = :turn, service_left = :service_left,"
    " service_until = :service_until,"
    " tap_left = :tap_left, tap_until = :tap_until, closed = :closed WHERE id = :id"
)
_TURN_COLUMNS = (
    "session", "turn", "service_left", "service_until", "tap_left", "tap_until", "closed",
)  # fmt: skip
_CONSENTS = Statement(
    "SELECT granted - used FROM consents WHERE contact_id = :id AND template = :template"
)
_CONSENT = Statement(
    "INSERT INTO consents (contact_id, template, granted) VALUES (:id, :template, 1)"
    " ON CONFLICT (contact_id, template) DO UPDATE SET granted = consents.granted + 1"
)
_REFUSE = Statement(
    "UPDATE consents SET granted = used WHERE contact_id = :id AND template = :template"
)
_UNASKED = Statement(
    "SELECT count(*) FROM outbox WHERE contact_id = :id AND state IN ('sent', 'unknown')"
    " AND kind IN ('nudge', 'expiry', 'notice') AND settled_at > :since"
)
_CERTIFICATES = Statement(
    "SELECT * FROM certificates WHERE contact_id = :id ORDER BY expires_on, id"
)
_ADD = Statement(
    "INSERT INTO certificates (contact_id, authority, number, expires_on, status, created_at)"
    " VALUES (:id, :authority, :number, :expires_on, :status, :now) RETURNING id"
)
_CHANGE = Statement(
    "UPDATE certificates SET authority = :authority, number = :number, status = :status,"
    " expires_on = :expires_on, muted_above = NULL"
    " WHERE id = :certificate AND contact_id = :id"
)
_DELETE = Statement("DELETE FROM certificates WHERE id = :certificate AND contact_id = :id")
_MUTE = Statement(
    "UPDATE certificates SET muted_above = :above WHERE id = :certificate AND contact_id = :id"
)
_CANCEL_CERTIFICATE = Statement(
    "UPDATE outbox SET state = 'cancelled', reason = :reason"
    " WHERE contact_id = :id AND certificate_id = :certificate"
    " AND state IN ('due', 'parked') AND point > :above"
)
_CANCEL_KINDS = Statement(
    "UPDATE outbox SET state = 'cancelled', reason = :reason"
    " WHERE contact_id = :id AND state IN ('due', 'parked') AND (kind = 'expiry' OR :every = 1)"
)
_COUNT_WAITING = Statement(
    "UPDATE contacts SET waiting = (SELECT count(*) FROM outbox WHERE contact_id = :id"
    " AND (state = 'parked' OR state = 'unknown')) WHERE id = :id"
)
_HOUR = Statement("UPDATE contacts SET hour = :hour WHERE id = :id")
_PLANNED = Statement(
    "SELECT id, due_at FROM outbox WHERE contact_id = :id AND kind = 'expiry' AND state = 'due'"
)
_MOVE = Statement("UPDATE outbox SET due_at = :due WHERE id = :row")
_SWITCH = Statement("UPDATE contacts SET reminders_on = :on WHERE id = :id")
_SET_TIMER = Statement(
    "INSERT INTO timers (contact_id, kind, scope, fire_at, turn)"
    " VALUES (:id, :kind, :scope, :fire_at, :turn) ON CONFLICT (contact_id, kind, scope)"
    " DO UPDATE SET fire_at = excluded.fire_at, turn = excluded.turn"
)
_CANCEL_TIMERS = Statement(
    "DELETE FROM timers WHERE contact_id = :id AND (:kind = '' OR kind = :kind)"
)
_TAKE_TIMER = Statement(
    "DELETE FROM timers WHERE id = (SELECT id FROM timers WHERE contact_id = :id"
    " AND kind = :kind AND fire_at <= :now ORDER BY fire_at LIMIT 1)"
    " RETURNING scope, fire_at, turn"
)
_QUEUE = Statement(
    "INSERT INTO outbox (contact_id, kind, scope, state, due_at, not_after, said,"
    " certificate_id, point) VALUES (:id, :kind, :scope, 'due', :due_at, :not_after, :said,"
    " :certificate, :point) ON CONFLICT (contact_id, kind, scope) DO NOTHING"
)
_WAITING = Statement(
    f"{QUEUED} WHERE o.contact_id = :id AND o.state IN ('parked', 'unknown')"
    " ORDER BY o.kind = 'expiry', o.id"
)
_SHOW = Statement(
    "UPDATE outbox SET state = 'shown', via = 'passive', settled_at = :now"
    " WHERE id = :row AND contact_id = :id"
)
_REPORT = Statement(
    "UPDATE outbox SET state = :state, reason = :reason WHERE contact_id = :id"
    " AND state IN ('sent', 'sending') AND (remote_id = :remote_id"
    # bizsend may answer without a msgid: then the person's last one is meant
    " OR id = (SELECT max(id) FROM outbox WHERE contact_id = :id AND via = 'subscription'"
    " AND remote_id IS NULL))"
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
    " waiting = 0 WHERE id = :id"
)
_FOLLOW = Statement("UPDATE contacts SET followed = 1, purge_at = NULL WHERE id = :id")


class StoredConversation:
    """Implements ``ports.Conversation`` on an open transaction."""

    connection: Connection

    def __init__(
        self,
        connection: Connection,
        cipher: Cipher,
        contact_id: int,
        *,
        lock: bool,
        forget_after_days: int,
        template: str,
    ) -> None:
        self.connection, self._cipher = connection, cipher
        self._id = contact_id
        self._forget_after = timedelta(days=forget_after_days)
        self._template = template
        row = connection.execute(_LOCK if lock else _FIND, {"id": contact_id}).one()
        self._row = row
        self.person = self._person(row)
        self._late: set[int] = set()
        self._changed: dict[str, Any] = {}
        self.more = False

    def _person(self, row: Row) -> Person:
        session = row.session and self._cipher.open(row.session, "contacts.session", self._id)
        return Person(
            id=row.id,
            openid=row.openid,
            followed=bool(row.followed),
            session=session or None,
            turn=row.turn,
            hour=row.hour,
            reminders_on=bool(row.reminders_on),
            waiting=row.waiting,
            created_at=instant(row.created_at),
        )

    def _run(self, statement: Any, **values: Any) -> Any:
        return self.connection.execute(statement, {"id": self._id, **values})

    # arrivals and the session

    def next_arrival(self) -> Arrival | None:
        """Return his earliest arrival without an answer."""
        rows = self._run(_NEXT).all()
        self.more = len(rows) > 1
        if not rows:
            return None
        row = rows[0]
        if row.late:
            self._late.add(row.id)
        body = self._cipher.open(row.body, "arrivals.body", self._id)
        return Arrival(row.id, self._id, Incoming.from_json(body))

    def finish(self, arrival: Arrival, reply: Reply) -> None:
        """Mark the arrival as answered; a late answer leaves through the outbox."""
        sealed = self._cipher.seal(reply.to_json(), "arrivals.reply", self._id)
        self.connection.execute(_FINISH, {"reply": sealed, "done": real_now(), "id": arrival.id})
        if arrival.id in self._late and reply:
            self.queue(
                Outgoing("reply_part", f"{arrival.id}:late", arrival.incoming.sent_at, reply.said)
            )

    def keep_session(self, session: str | None, turn: int) -> None:
        """Replace the conversation."""
        sealed = session and self._cipher.seal(session, "contacts.session", self._id)
        self._changed |= {"session": sealed or None, "turn": turn}

    # rights

    def rights(self, now: datetime) -> reach.Rights:
        """Return what may be sent to him now, by which way."""
        row = self._row
        since = micros(now - timedelta(days=7))
        return reach.Rights(
            followed=bool(row.followed),
            service_left=row.service_left,
            service_until=instant(row.service_until),
            tap_left=row.tap_left,
            tap_until=instant(row.tap_until),
            consents=self._run(_CONSENTS, template=self._template).scalar_one_or_none() or 0,
            closed=frozenset(filter(None, row.closed.split(","))),
            unasked_this_week=self._run(_UNASKED, since=since).scalar_one(),
            hour=row.hour,
            reminders_on=bool(row.reminders_on),
        )

    def grant(self, incoming: Incoming, now: datetime) -> None:
        """Book what the platform allows after this message or event (wechat.md 2.1)."""
        granted = reach.grant_after(incoming.kind, incoming.choice is not None, now)
        row = self._row
        if granted == reach.Grant():
            return
        window = granted.service_until
        tap = granted.tap_until
        if window is not None:
            self._changed |= {
                "service_left": granted.service_left,
                "service_until": micros(window),
                # whoever writes to us has not blocked us: 45015 was yesterday's news
                "closed": ",".join(w for w in row.closed.split(",") if w not in {"service", ""}),
            }
        if tap is not None:
            self._changed |= {"tap_left": granted.tap_left, "tap_until": micros(tap)}

    def flush(self) -> None:
        """Write what has changed of the contact, in one statement, before the commit."""
        if self._changed:
            kept = {name: getattr(self._row, name) for name in _TURN_COLUMNS}
            self._run(_TURN, **{**kept, **self._changed})

    def consent(self, template: str, accepted: bool, now: datetime) -> None:
        """Book one subscription consent, or a refusal, for a template id."""
        self._run(_CONSENT if accepted else _REFUSE, template=template)

    # certificates and their reminders

    def certificates(self) -> tuple[Certificate, ...]:
        """Return his certificates, the nearest expiry first."""
        return tuple(read_certificate(row, self._cipher) for row in self._run(_CERTIFICATES))

    def save_certificate(self, certificate: Certificate, now: datetime) -> Certificate:
        """Add or change a certificate and re-plan its reminders in this transaction."""
        values = {
            "authority": certificate.authority,
            "number": self._cipher.seal(certificate.number, "certificates.number", self._id),
            "expires_on": certificate.expires_on.isoformat(),
            "status": certificate.status,
        }
        found = certificate.id
        if found:
            self._run(_CHANGE, certificate=found, **values)
            self._cancel_planned(found, "date_changed")
        else:
            found = self._run(_ADD, now=micros(now), **values).scalar_one()
        self._owe_missed(found, certificate.expires_on, now)
        return Certificate(
            found,
            certificate.authority,
            certificate.number,
            certificate.expires_on,
            certificate.status,
        )

    def _owe_missed(self, certificate_id: int, expires_on: date, now: datetime) -> None:
        today = now.astimezone(reminders.SHANGHAI).date()
        point = reminders.latest_missed(expires_on, today)
        if point is None or not self._row.reminders_on:
            return
        tomorrow = today + timedelta(days=1)
        self.queue(
            Outgoing(
                "expiry",
                f"{certificate_id}:{expires_on.isoformat()}:{point}",
                reminders.due_at(tomorrow, self._row.hour),
                certificate_id=certificate_id,
                point=point,
            )
        )

    def _cancel_planned(self, certificate_id: int, reason: str, above: int = -2) -> None:
        self._run(_CANCEL_CERTIFICATE, certificate=certificate_id, reason=reason, above=above)
        self._count_waiting()

    def _count_waiting(self) -> None:
        self._run(_COUNT_WAITING)

    def delete_certificate(self, certificate_id: int, now: datetime) -> None:
        """Forget a certificate and cancel what was planned for it."""
        self._cancel_planned(certificate_id, "deleted")
        self._run(_DELETE, certificate=certificate_id)

    def mute_certificate(self, certificate_id: int, above: int = -2) -> None:
        """Stop the reminders of one certificate at points of more than ``above`` days."""
        self._run(_MUTE, certificate=certificate_id, above=above)
        self._cancel_planned(certificate_id, "muted", above)

    def choose_hour(self, hour: int) -> None:
        """Keep the hour of day at which he wants to be reminded, and move what is planned."""
        self._run(_HOUR, hour=hour)
        for row in self._run(_PLANNED).all():
            day = instant(row.due_at).astimezone(reminders.SHANGHAI).date()
            self._run(_MOVE, row=row.id, due=micros(reminders.due_at(day, hour)))

    def switch_reminders(self, on: bool) -> None:
        """Stop all reminders, or allow them again."""
        self._run(_SWITCH, on=int(on))
        if not on:
            self._run(_CANCEL_KINDS, reason="reminders_off", every=0)
            self._count_waiting()

    # timers and the outbox

    def set_timer(self, timer: Timer) -> None:
        """Set or replace the timer of this kind and scope."""
        self._run(
            _SET_TIMER,
            kind=timer.kind,
            scope=timer.scope,
            fire_at=micros(timer.fire_at),
            turn=timer.turn,
        )

    def cancel_timers(self, kind: str | None = None) -> None:
        """Cancel his timers of one kind, or all."""
        self._run(_CANCEL_TIMERS, kind=kind or "")

    def due_timer(self, kind: str, now: datetime) -> Timer | None:
        """Take his due timer of this kind: it is gone with this transaction."""
        row = self._run(_TAKE_TIMER, kind=kind, now=micros(now)).one_or_none()
        return Timer(kind, row.scope, instant(row.fire_at), row.turn) if row else None

    def queue(self, message: Outgoing) -> None:
        """Put a message into the outbox, once per kind and scope."""
        self._run(
            _QUEUE,
            kind=message.kind,
            scope=message.scope,
            due_at=micros(message.due_at),
            not_after=micros(message.not_after) if message.not_after else None,
            said=seal_said(message.said, self._cipher, self._id),
            certificate=message.certificate_id,
            point=message.point,
        )

    def waiting(self) -> tuple[Queued, ...]:
        """Return what found no way to him, the most urgent first."""
        if not self.person.waiting:
            return ()
        return tuple(read_queued(row, self._cipher) for row in self._run(_WAITING))

    def show(self, message_id: int, now: datetime) -> None:
        """Mark a waiting message as told in this reply."""
        self._run(_SHOW, row=message_id, now=micros(now))
        self._count_waiting()

    def report(self, remote_id: str, ok: bool, reason: str) -> None:
        """Write down what the platform reported about a template or subscription message."""
        self._run(_REPORT, remote_id=remote_id, reason=reason, state="sent" if ok else "parked")
        self._count_waiting()

    # people

    def request_human(self, reason: str, words: str, now: datetime) -> int:
        """Record that he needs a person; return the request's id (the open one if any)."""
        open_one = self._run(_OPEN_REQUEST).scalar_one_or_none()
        if open_one is not None:
            return int(open_one)
        sealed = self._cipher.seal(words, "human_requests.words", self._id)
        return int(self._run(_REQUEST, reason=reason, words=sealed, now=micros(now)).scalar_one())

    def unfollow(self, now: datetime) -> None:
        """Cancel everything planned, and start the forgetting the platform demands."""
        self._changed.clear()
        self._run(_CANCEL_KINDS, reason="unfollowed", every=1)
        self.cancel_timers()
        self._run(_UNFOLLOW, purge_at=micros(now + self._forget_after))

    def follow(self, now: datetime) -> bool:
        """Mark as following; return True if he came back within the grace period."""
        came_back = not self._row.followed
        if came_back:
            self._run(_FOLLOW)
        return came_back


def seal_said(said: Sequence[Said], cipher: Cipher, contact_id: int) -> bytes | None:
    """Seal the words of a message for the outbox."""
    if not said:
        return None
    return cipher.seal(Reply(tuple(said)).to_json(), "outbox.said", contact_id)

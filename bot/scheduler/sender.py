"""Sending one row of the outbox: claim, choose the way, call, write down how it ended."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain import reach
from bot.domain.reach import MOST_TRIES
from bot.domain.reminders import QUIET_TO, SHANGHAI
from bot.handlers.reminder import reminder
from bot.ports import Courier, Delivery, Queued, SendFailed, Services

FIRST_PAUSE_S = 10

DAILY_LIMIT = 45009

_GONE = SendFailed("never", 0, "the certificate is gone, or has another date")

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sender:
    """Sends what the outbox holds, by the ways that are configured."""

    services: Services
    courier: Courier
    notice_fields: Mapping[str, str]
    """Field name of the notice -> key of its words."""
    consent_template: str = ""
    expiry_template: str = ""
    weekly_cap: int = 3
    page_url: str = ""
    failpoint: Callable[[str], None] = lambda _name: None

    def decide(self, message: reach.Message, rights: reach.Rights) -> reach.Decision:
        """Choose the way with what is configured."""
        return reach.choose(message, self.configured(rights), self.services.clock.now())

    def configured(self, rights: reach.Rights) -> reach.Rights:
        """Complete a person's rights by what the operator has configured."""
        return replace(rights, template=bool(self.expiry_template), weekly_cap=self.weekly_cap)

    def deliver(self, message_id: int) -> str:
        """Send one row if it is still due; return how it ended, or "" if there was nothing."""
        now = self.services.clock.now()
        queued = self.services.outbox.take(message_id, now, self.decide)
        if queued is None:
            return ""
        delivery = self._send(queued, now)
        self.failpoint("after_send")
        self.services.outbox.settle(queued, delivery, self.services.clock.now())
        log.info("outbox %d %s: %s", message_id, queued.message.kind, delivery.state)
        return delivery.state

    def _send(self, queued: Queued, now: datetime) -> Delivery:
        try:
            call = self._prepared(queued, now)
        except SendFailed as error:
            return outcome(error, queued, now)
        except Exception as error:
            log.exception("outbox %d cannot be put into words", queued.id)
            return Delivery("dead", type(error).__name__)
        try:
            return Delivery("sent", remote_id=call())
        except SendFailed as error:
            return outcome(error, queued, now)
        except Exception:
            log.exception("outbox %d may have gone out", queued.id)
            return Delivery("unknown", "broken_off")

    def _prepared(self, queued: Queued, now: datetime) -> Callable[[], str]:
        """Put a row into words; what is returned sends it and gives the platform's msgid."""
        courier, openid, page = self.courier, queued.openid, self.page_url
        if queued.via == "service":
            said = queued.message.said or tuple(reminder(queued, self.services, now))
            if not said:
                raise _GONE

            def call() -> str:
                courier.service(openid, said)
                return ""

            return call
        fields = self._fields(queued, now)
        if queued.via == "subscription":
            return lambda: courier.subscription(openid, self.consent_template, fields, page)
        key = f"wm{queued.id}"
        return lambda: courier.template(openid, self.expiry_template, fields, page, key)

    def _fields(self, queued: Queued, now: datetime) -> Mapping[str, str]:
        certificate = queued.certificate
        if certificate is None or certificate.expires_on != queued.message.term:
            raise _GONE
        days = (certificate.expires_on - now.astimezone(SHANGHAI).date()).days
        values = {"expires_on": certificate.expires_on, "days": days}
        return {
            name: self.services.words.say(key, values) for name, key in self.notice_fields.items()
        }


def outcome(error: SendFailed, queued: Queued, now: datetime) -> Delivery:
    """Say what a refusal means for the row, and for the person's rights."""
    reason = str(error.code or error.nature)
    refused = error.code != 0
    match error.nature:
        case "unknown":
            return Delivery("unknown", "cut_after_request")
        case "park":
            return Delivery("parked", reason, refused=refused, stops="service")
        case "stop":
            return Delivery("parked", reason, refused=refused, stops=queued.via or "")
        case "alert":
            log.error("an operator must act: WeChat answered %s", error.code)
            later = now + timedelta(minutes=15)
            return Delivery("due", reason, retry_at=later, refused=refused)
        case "retry" if queued.tries < MOST_TRIES:
            later = _pause(error, queued, now)
            return Delivery("due", reason, retry_at=later, refused=refused)
        case "retry" if queued.message.kind != "nudge":
            log.error("outbox %d is told at the next contact: %s", queued.id, reason)
            return Delivery("parked", reason)
        case _:
            log.error("outbox %d is dead: %s", queued.id, reason)
            return Delivery("dead", reason)


def _pause(error: SendFailed, queued: Queued, now: datetime) -> datetime:
    if error.code != DAILY_LIMIT:
        return now + timedelta(seconds=FIRST_PAUSE_S * 2**queued.tries)
    tomorrow = now.astimezone(SHANGHAI).date() + timedelta(days=1)
    return datetime.combine(tomorrow, QUIET_TO, SHANGHAI)

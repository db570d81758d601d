"""Reach: what may be sent to a person, by which way, and why not the rest.

WeChat grants few sends, and counts (wechat.md 2.1 to 2.4). The rights are booked as data;
the choice of the way is one pure function; the sender does what it says.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from bot.domain.reminders import LAST_WEEK, SCARCE, SHANGHAI, due_at, quiet_until

Way = Literal["service", "subscription", "template", "sms"]
Kind = Literal["reply_part", "nudge", "expiry", "human_reply", "notice", "news"]

MESSAGE_SENDS, MESSAGE_WINDOW = 5, timedelta(hours=48)
"""After a message of the person (2.1). Counted anew with each message: undocumented, cautious."""

TAP_SENDS, TAP_WINDOW = 3, timedelta(minutes=1)
"""After a menu tap, a scan, a follow (2.1)."""

PAID_SENDS = 1_000
"""After a payment there is no limit for 48 hours (2.1); a number that nobody reaches."""

UNASKED: frozenset[Kind] = frozenset({"nudge", "expiry", "notice"})
"""What nobody asked for: it counts against the weekly cap and keeps quiet hours."""

AT_NIGHT: frozenset[Kind] = frozenset({"reply_part", "human_reply"})
"""What somebody waits for at this moment. News of what he has handed in is waited for too, and
so no cap holds it back, but it can wait for the morning."""

OPEN_TO_FOLLOWERS: frozenset[Way] = frozenset({"service", "subscription", "template"})
"""Ways that open again when a person writes, taps or follows: he follows, he has not blocked us."""

WEEK = timedelta(days=7)

MOST_TRIES = 6
"""Tries of one message before it is given up."""

KEPT_FOR_ANSWERS = 1
"""Customer-service sends that unasked messages leave for answers he waits for."""


@dataclass(frozen=True, slots=True)
class Rights:
    """What may be sent to one person now."""

    followed: bool
    service_left: int = 0
    service_until: datetime | None = None
    tap_left: int = 0
    tap_until: datetime | None = None
    consents: int = 0
    """One-time subscription consents for the expiry reminder that are not used yet."""
    template: bool = False
    """The operator has configured a category template for expiry."""
    closed: frozenset[str] = frozenset()
    """Ways the platform has told us are closed for him."""
    unasked_this_week: int = 0
    """Unasked messages sent today and on the six days before, in Shanghai."""
    weekly_cap: int = 3
    hour: int | None = None
    reminders_on: bool = True
    sms: bool = False
    """The operator sends text messages to a number which this person confirmed."""
    reserved: int = 0
    """Expiry reminders he is owed within a week from now: nothing else takes their place."""

    def service(self, now: datetime) -> int:
        """Return how many customer-service messages may be sent now."""
        window = self.service_left if self.service_until and now < self.service_until else 0
        tap = self.tap_left if self.tap_until and now < self.tap_until else 0
        return 0 if "service" in self.closed else window + tap


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be sent, as far as reach cares."""

    kind: Kind
    point: int | None = None
    not_after: datetime | None = None


@dataclass(frozen=True, slots=True)
class Send:
    """Send it now, by this way."""

    way: Way


@dataclass(frozen=True, slots=True)
class Wait:
    """Not before ``until``."""

    until: datetime
    reason: str


@dataclass(frozen=True, slots=True)
class Park:
    """No right is held: show it at the next contact."""

    reason: str


@dataclass(frozen=True, slots=True)
class Drop:
    """It will never be sent."""

    reason: str


Decision = Send | Wait | Park | Drop


def choose(message: Message, rights: Rights, now: datetime) -> Decision:
    """Choose the way for a message, or say why there is none.

    Answers go as soon as customer service allows, and news by day. Unasked messages keep quiet
    hours and the weekly cap. The cap never holds back the points of the last week. An earlier point
    over the cap waits for the next day, when a newer one may supersede it; anything else
    falls, and leaves room for what is reserved. A cap of 0 lets nothing unasked out.
    """
    if not rights.followed:
        return Drop("not_following")
    if message.not_after and now >= message.not_after:
        return Drop("too_late") if message.kind != "expiry" else Park("too_late")
    if message.kind == "expiry" and not rights.reminders_on:
        return Drop("reminders_off")
    quiet = quiet_until(now, rights.hour) if message.kind not in AT_NIGHT else None
    if quiet:
        return Wait(quiet, "quiet_hours")
    if message.kind not in UNASKED:
        return Send("service") if rights.service(now) > 0 else Park("no_service_right")
    return _capped(message, rights, now) or _unasked(message, rights, now)


def week_began(now: datetime) -> datetime:
    """Return when the week of the cap began: the midnight that begins the seventh last day.

    Counted by days, the week does not depend on seconds: what was sent at one o'clock a
    week ago has left it all day long.
    """
    first = now.astimezone(SHANGHAI).date() - WEEK + timedelta(days=1)
    return due_at(first, 0)


def _capped(message: Message, rights: Rights, now: datetime) -> Decision | None:
    if message.kind != "expiry":
        full = rights.unasked_this_week + rights.reserved >= rights.weekly_cap
        return Drop("weekly_cap") if full else None
    if rights.weekly_cap <= 0:
        return Park("weekly_cap")
    last = message.point is not None and message.point <= LAST_WEEK
    if last or rights.unasked_this_week < rights.weekly_cap:
        return None
    tomorrow = now.astimezone(SHANGHAI).date() + timedelta(days=1)
    return Wait(due_at(tomorrow, rights.hour), "weekly_cap")


def _unasked(message: Message, rights: Rights, now: datetime) -> Decision:
    """Choose service, subscription, template, SMS, in this order (wechat.md 2.4).

    Expiry templates at every point would be abuse (2.2): templates and SMS go at the scarce
    points alone, and so do consents, which are few.
    """
    if rights.service(now) > KEPT_FOR_ANSWERS:
        return Send("service")
    if message.kind == "nudge":
        return Drop("no_service_right")
    scarce = message.kind == "expiry" and message.point in SCARCE
    held = rights.consents > 0 and "subscription" not in rights.closed
    if held and scarce:
        return Send("subscription")
    if scarce and rights.template and "template" not in rights.closed:
        return Send("template")
    if scarce and rights.sms and "sms" not in rights.closed:
        return Send("sms")
    return Park("consent_kept_for_90_30_7" if held else "no_right")


@dataclass(frozen=True, slots=True)
class Grant:
    """What the platform allows after something a person did."""

    service_left: int | None = None
    service_until: datetime | None = None
    tap_left: int | None = None
    tap_until: datetime | None = None


def grant_after(kind: str, tapped: bool, now: datetime) -> Grant:
    """Return what a message or event grants.

    A tap on a choice inside a message is counted as a menu tap: what it grants is not
    documented, and the smaller right is the safe one (2.1).
    """
    if kind in {"text", "image", "voice", "video", "location", "link", "file"} and not tapped:
        return Grant(service_left=MESSAGE_SENDS, service_until=now + MESSAGE_WINDOW)
    if kind == "payment":
        return Grant(service_left=PAID_SENDS, service_until=now + MESSAGE_WINDOW)
    if tapped or kind in {"click", "scancode", "follow", "scan"}:
        return Grant(tap_left=TAP_SENDS, tap_until=now + TAP_WINDOW)
    return Grant()


@dataclass(frozen=True, slots=True)
class Forecast:
    """One line of ``weldmate reach``: what will come, when, and by which way or why not."""

    point: int
    at: datetime
    decision: Decision


def forecast(rights: Rights, points: tuple[tuple[int, datetime], ...]) -> tuple[Forecast, ...]:
    """Say what this person will get next, if nothing else happens until then.

    ``points`` are (point, instant), in time order. What was sent unasked before counts for
    the first week: when each of those was sent is not known here.
    """
    lines: list[Forecast] = []
    sent: list[datetime] = []
    for point, at in points:
        week = sum(earlier >= week_began(at) for earlier in sent)
        known = rights.unasked_this_week if points[0][1] >= week_began(at) else 0
        then = replace(rights, unasked_this_week=known + week)
        decision = choose(Message("expiry", point), then, at)
        if isinstance(decision, Send):
            sent.append(at)
            rights = _spend(rights, decision.way, at)
        lines.append(Forecast(point, at, decision))
    return tuple(lines)


def _spend(rights: Rights, way: Way, now: datetime) -> Rights:
    if way == "subscription":
        return replace(rights, consents=rights.consents - 1)
    if way == "service" and rights.tap_left and rights.tap_until and now < rights.tap_until:
        return replace(rights, tap_left=rights.tap_left - 1)
    if way == "service":
        return replace(rights, service_left=rights.service_left - 1)
    return rights

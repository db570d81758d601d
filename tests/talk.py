"""Whole talks in this process: the real house, with WeChat's answers noted down."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

from bot.domain.reminders import SHANGHAI
from bot.handlers.router import answer, wake
from bot.scheduler.clock import tick
from bot.scheduler.looking import Looker
from bot.scheduler.run import make_sender
from bot.scheduler.texting import Texter
from bot.scheduler.workshop import Workshop
from bot.wechat.markup import render
from tests.conftest import incoming


class NotingCourier:
    """Implements ``ports.Courier``: takes everything and notes it down."""

    def __init__(self):
        self.sent = []

    def service(self, openid, said):
        self.sent.append((openid, "service", render(said)))

    def template(self, openid, template_id, fields, url, key):
        self.sent.append((openid, "template", " ".join(fields.values())))
        return f"t{len(self.sent)}"

    def subscription(self, openid, template_id, fields, url):
        self.sent.append((openid, "subscription", " ".join(fields.values())))
        return f"s{len(self.sent)}"


class NotingPhone:
    """Implements ``ports.ShortMessages``: every number is this phone's."""

    def __init__(self):
        self.codes = []

    def send(self, phone, template, values):
        self.codes.append(values[0])
        return str(len(self.codes))


def photo(media):
    """Return the photo of a name, as WeChat would under a media id; else one that is none."""
    file = Path(__file__).parent / "transcripts" / "photos" / f"{media}.jpg"
    return file.read_bytes() if file.exists() else b"\xff\xd8\xff\xe0 a photo \xff\xd9"


class InProcess:
    """Implements ``transcript.Driver`` on a house with a standing clock."""

    def __init__(self, house):
        self.house = house
        fees = house.library.fees.items
        offered = replace(house.services, sends_sms=True, checks_faces=True, fees=fees)
        house.__dict__["services"] = offered
        self.courier = house.__dict__.setdefault("courier", NotingCourier())
        self.sender, self.phone = make_sender(house), NotingPhone()
        services = house.services
        hands = {
            "read": Looker(services, photo, house.reader),
            "code": Texter(services, self.phone, "code"),
        }
        self.workshop = Workshop(services, hands)
        self.choices = {}
        self.heard = {}

    def begin(self, instant):
        day = datetime.fromisoformat(instant).replace(tzinfo=SHANGHAI)
        self.house.clock.at = day.replace(hour=day.hour or 10)
        self.settle()

    def speak(self, who, words):
        openid = f"o{who}"
        answer_ = answer(self.message(openid, words), self.house.services)
        came = [plain(render(answer_.said))] if answer_.said else []
        self.note_choices(openid, answer_)
        self.settle()
        return came + self.service_came(openid)

    def note_choices(self, openid, reply):
        for said in reply.said:
            if said.choices:
                self.choices[openid] = said.choices

    def message(self, openid, words):
        at = self.house.clock.now()
        deed = re.fullmatch(r"\[(\w+)\s*(.*)\]", words)
        if deed is None:
            return incoming(words, openid, at=at)
        name, value = deed[1], deed[2]
        if name == "code":
            return incoming(self.phone.codes[-1], openid, at=at)
        if name == "choose":
            choice = self.choices[openid][int(value) - 1]
            return incoming(choice.text, openid, choice=choice.id, at=at)
        made = {
            "follow": {"kind": "follow"},
            "unfollow": {"kind": "unfollow"},
            "tap": {"kind": "click", "event_key": value},
            "photo": {"kind": "image", "media_id": value or "m1"},
            "voice": {"kind": "voice", "media_id": "v1"},
            "scan": {"kind": "scan", "event_key": value},
            "consent": {
                "kind": "consent",
                "fields": {"templates": [["tpl_expiry", "accept"]]},
            },
        }[name]
        return incoming("", openid, at=at, **made)

    def turn_clock(self, who, by):
        clock, outbox = self.house.clock, self.house.services.outbox
        if by == "next":
            target = outbox.backlog(clock.now()).next_reminder_at + timedelta(seconds=1)
        else:
            amount, unit = int(by[:-1]), by[-1]
            target = clock.now() + timedelta(
                **{{"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}[unit]: amount}
            )
        self.settle(jobs=True)
        while clock.now() < target:
            due = outbox.backlog(clock.now()).next_due_at or target
            clock.at = min(target, max(due, clock.now() + timedelta(milliseconds=1)))
            self.settle(jobs=True)
        return self.service_came(f"o{who}")

    def settle(self, *, jobs=False):
        """Do everything that is due at this hour; what takes a while only when time passes."""
        services = self.house.services
        tick(services)
        for _ in range(50):
            now = services.clock.now()
            for contact, kind in services.outbox.due_timers(now):
                wake(contact, kind, services)
            for job in services.jobs.due(now) if jobs else ():
                self.workshop.work(job)
            due = services.outbox.due(now)
            if not due:
                return
            for message_id in due:
                self.sender.deliver(message_id)
        raise AssertionError("the outbox does not come to rest")

    def service_came(self, openid):
        heard = self.heard.get(openid, 0)
        mine = [text for to, _, text in self.courier.sent if to == openid]
        self.heard[openid] = len(mine)
        return [plain(text) for text in mine[heard:]]


def plain(markup):
    """Return a text as the welder reads it: links become their words."""
    return re.sub(r"<a [^>]*>(.*?)</a>", r"\1", markup)

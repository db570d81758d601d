"""Small made-up flows, a catalogue and a lexicon in plain English, for testing the engine."""

import json
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

from bot.dialogs.engine.context import Context, Event, Option, Speak
from bot.dialogs.engine.session import Session
from bot.dialogs.engine.turn import turn
from bot.domain import almanac, dates
from bot.domain.hours import Hour
from bot.messages import Heard


@dataclass
class Catalogue:
    choices: dict = field(default_factory=dict)
    extra: frozenset = frozenset()

    def options(self, key):
        return tuple(
            Option(name, *words) if isinstance(words, tuple) else Option(name, words)
            for name, words in self.choices.get(key, {}).items()
        )

    def say(self, key, values=None):
        return f"{key}{values or ''}"

    def text(self, key):
        return key

    def has(self, key):
        return key in self.extra


class Lexicon:
    COMMANDS = frozenset(
        ["cancel", "back", "menu", "restart", "human", "help", "more", "done", "thanks"]
    )

    MONTHS = ("January", "February", "March")

    def __init__(self, starts=(), faq=()):
        self.starts, self.faqs = dict(starts), dict(faq)

    def command(self, text):
        word, _, number = text.partition(" ")
        if word == "correct":
            return "correct", int(number) if number.isdigit() else None
        return (text, None) if text in self.COMMANDS else None

    def start(self, text):
        return self.starts.get(text)

    def number(self, text):
        return int(text) if text.isascii() and text.isdigit() else None

    def day(self, text, today):
        assert isinstance(today, date)
        try:
            return dates.Day(date.fromisoformat(text))
        except ValueError:
            pass
        if text == "unreadable":
            return dates.Unreadable()
        if text.startswith("the ") and text[4:5].isdigit():
            return dates.Day(today.replace(day=int(text[4:5])), "month")
        if text.isdigit() and len(text) == 4:
            return dates.Year(int(text))
        if "/" in text and text.replace("/", "").isdigit():
            month, day = map(int, text.split("/"))
            return dates.Day(date(2027, month, day), "year")
        if text in self.MONTHS:
            return dates.Month(2027, self.MONTHS.index(text) + 1, "year")
        parts = text.split("-")
        if len(parts) == 3 and all(p.isdigit() for p in parts):
            return almanac.on(*map(int, parts))
        if len(parts) == 2 and all(p.isdigit() for p in parts):
            return dates.Month(*map(int, parts))
        return dates.NoDate()

    def hour(self, text):
        number = self.number(text.removesuffix("pm"))
        if number is None:
            return None
        return Hour(number + 12) if text.endswith("pm") else Hour(number, number > 6)

    def cannot_tell(self, text):
        return text == "unreadable"

    def has_none(self, text):
        return text == "none"

    def is_question(self, text):
        return text.endswith("?")

    def denies(self, text):
        return "not" in text.split()

    def without_particles(self, text):
        return (text.removesuffix("please"),)


class Talk:
    """Drives a conversation; between every two turns the session is written and read back."""

    def __init__(self, flows, catalogue=None, lexicon=None, seed="p", facts=None):
        self.facts = facts or {}
        self.flows, self.session = flows, Session()
        self.catalogue, self.lexicon = catalogue or Catalogue(), lexicon or Lexicon()
        self.now = datetime(2026, 11, 24, 2, tzinfo=UTC)
        self.seed, self.effects = seed, []

    def event(self, event):
        if event.heard is None:
            found = self.lexicon.faqs.get(event.text) if hasattr(self.lexicon, "faqs") else None
            heard = Heard("answer", (found,), 1.0) if found else Heard("none")
            event = replace(event, heard=heard)
        stored = self.session.to_json()
        context = Context(
            self.now, self.now.date(), self.catalogue, self.lexicon, self.seed, self.facts
        )
        before = Session.from_json(stored)
        after, self.effects = turn(self.flows, before, event, context)
        assert before.to_json() == stored, "turn changed the session it was given"
        json.loads(after.to_json())
        self.session = after
        return self.said

    @property
    def said(self):
        return [effect.key for effect in self.effects if isinstance(effect, Speak)]

    def kinds(self, kind):
        return [effect for effect in self.effects if isinstance(effect, kind)]

    def start(self, flow, **given):
        return self.event(Event("start", flow=flow, given=given))

    def say(self, text, choice=None):
        return self.event(Event("text", text=text, choice=choice))

    def timer(self, name, turn_=None):
        turn_ = self.session.turn if turn_ is None else turn_
        return self.event(Event("timer", name=name, turn=turn_))

    @property
    def frame(self):
        return self.session.top

"""What is promised about reminders, kept whatever a person does and whenever he does it.

A welder saves certificates, changes dates and changes them back, stops and starts, mutes,
leaves and returns, writes, or is silent for weeks; sends take time, fail and are cut. The
model knows what he wants at each instant; the house is the real one on SQLite.
"""

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.domain import reminders
from bot.domain.certificate import Certificate
from bot.domain.reminders import LAST_WEEK, POINTS, SHANGHAI, quiet_until, reached
from bot.library import load
from bot.ports import SendFailed
from bot.store.schema import upgrade
from bot.wiring import House
from tests.conftest import ROOT, StandingClock, test_settings
from tests.talk import InProcess, NotingCourier

DAY = timedelta(days=1)
TOLD = {"sent", "shown", "unknown"}
UNASKED = {"expiry", "nudge", "notice"}
CAP = 3

LIBRARY = load(ROOT / "content")
_home = tempfile.TemporaryDirectory()
EMPTY = Path(_home.name) / "empty.sqlite"
upgrade(f"sqlite:///{EMPTY}")


class Moody(NotingCourier):
    """A platform that takes its time, and refuses or cuts the next send when it is told to."""

    def __init__(self, clock):
        super().__init__()
        self.clock, self.drift, self.mood = clock, 0, None

    def service(self, openid, said):
        mood, self.mood = self.mood, None
        if mood:
            raise SendFailed(*mood)
        super().service(openid, said)
        self.clock.advance(milliseconds=self.drift)


@dataclass
class Send:
    """One send that went out, and what stood when it was decided."""

    id: int
    at: datetime
    kind: str
    point: int | None
    term: date | None
    state: str


class Life:
    """One house with welders in it."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory()
        path = Path(self.folder.name) / "life.sqlite"
        shutil.copy(EMPTY, path)
        self.clock = StandingClock(datetime(2026, 11, 24, 10, tzinfo=SHANGHAI))
        self.house = House(test_settings(f"sqlite:///{path}", Path(self.folder.name)))
        self.courier = Moody(self.clock)
        self.house.__dict__.update(clock=self.clock, library=LIBRARY, courier=self.courier)
        self.driver = InProcess(self.house)
        self.outbox = self.house.services.outbox
        self.sends = []
        self.on_send = lambda _send: None
        self._sender, self.driver.sender = self.driver.sender, self

    def close(self):
        self.house.close()
        self.folder.cleanup()

    def deliver(self, message_id):
        """Take the sender's place, and note down what went out."""
        at = self.clock.now()
        state = self._sender.deliver(message_id)
        if state in {"sent", "unknown"}:
            (row,) = [r for r in self.rows() if r.id == message_id]
            message = row.message
            made = Send(message_id, at, message.kind, message.point, message.term, state)
            self.on_send(made)
            self.sends.append(made)
        return state

    def rows(self, who="W"):
        return self.outbox.history(f"o{who}")

    def today(self):
        return self.clock.now().astimezone(SHANGHAI).date()

    def open(self, who="W"):
        conversations = self.house.conversations
        return conversations.open(conversations.find(f"o{who}"))

    def walk(self, target, point_days):
        """Let time pass, and stop at midnights on which a point falls and wherever work is due."""
        while self.clock.now() < target:
            now = self.clock.now()
            midnights = (reminders.due_at(day, 0) for day in point_days())
            stops = [at + timedelta(milliseconds=self.courier.drift) for at in midnights]
            if due := self.outbox.backlog(now).next_due_at:
                stops.append(due)
            self.clock.at = min([target, *(at for at in stops if at > now)])
            self.driver.settle()


offsets = st.integers(0, 200) | st.sampled_from(
    [point + near for point in POINTS for near in (0, 1) if point + near >= 0]
)
hours = st.none() | st.integers(0, 23)


class Reminders(RuleBasedStateMachine):
    """The model of one welder: what he wants, and what has been promised him so far."""

    def __init__(self):
        super().__init__()
        self.life = Life()
        self.life.on_send = self.judge
        self.begin_anew()
        self.shown = set()

    def begin_anew(self):
        self.followed, self.on, self.hour = True, True, None
        self.terms, self.former, self.muted = {}, {}, {}
        self.expected = set()

    def teardown(self):
        self.life.close()

    # what he does

    @initialize(lefts=st.lists(offsets, max_size=3))
    def follow_first(self, lefts):
        self.life.driver.speak("W", "[follow]")
        self.message()
        for left in lefts:
            self.save(left)

    @rule(left=offsets)
    def save(self, left):
        if self.followed and len(self.terms) < 3:
            term = self.life.today() + left * DAY
            with self.life.open() as conversation:
                certificate = Certificate(0, "housing", "", term)
                saved = conversation.certificates.save(certificate, self.life.clock.now())
            self.terms[saved.id], self.former[saved.id], self.muted[saved.id] = term, [], None
            self.settle()

    @rule(left=offsets, n=st.integers(0, 2))
    def change(self, left, n):
        self._change(n, self.life.today() + left * DAY)

    @rule(n=st.integers(0, 2))
    def change_back(self, n):
        if (id_ := self._id(n)) and self.former[id_] and self.former[id_][-1] >= self.life.today():
            self._change(n, self.former[id_][-1])

    def _change(self, n, term):
        if self.followed and (id_ := self._id(n)):
            with self.life.open() as conversation:
                certificate = Certificate(id_, "housing", "", term)
                conversation.certificates.save(certificate, self.life.clock.now())
            self.former[id_].append(self.terms[id_])
            self.terms[id_], self.muted[id_] = term, None
            self.settle()

    def _id(self, n):
        return sorted(self.terms)[n % len(self.terms)] if self.terms else None

    @rule(on=st.sampled_from([True, True, False]))
    def switch(self, on):
        if self.followed:
            with self.life.open() as conversation:
                conversation.certificates.switch_reminders(on, self.life.clock.now())
            self.on = on
            self.settle()

    @rule(n=st.integers(0, 2), above=st.sampled_from([-2, LAST_WEEK]))
    def mute(self, n, above):
        if self.followed and (id_ := self._id(n)):
            with self.life.open() as conversation:
                conversation.certificates.mute(id_, self.life.clock.now(), above)
            self.muted[id_] = above
            self.settle()

    @rule(hour=st.integers(0, 23))
    def choose_hour(self, hour):
        if self.followed:
            with self.life.open() as conversation:
                conversation.certificates.remind_at(hour, self.life.clock.now())
            self.hour = hour
            self.settle()

    @rule()
    def unfollow(self):
        self.speak("[unfollow]", followed=False)

    @rule()
    def follow(self):
        self.speak("[follow]", followed=True)

    @rule()
    def message(self):
        self.speak("在吗", followed=True)

    def speak(self, words, *, followed):
        """Events of one second count in the order in which they come; a second passes."""
        self.life.clock.advance(seconds=1)
        before = {row.id for row in self.life.rows() if row.state == "shown"}
        self.followed = followed
        self.life.driver.speak("W", words)
        shown = {row.id for row in self.life.rows() if row.state == "shown"} - before
        assert not shown & {send.id for send in self.life.sends if send.state == "sent"}
        assert not shown & self.shown, "shown twice"
        self.shown |= shown
        self.expect()

    @rule(
        days=st.integers(0, 3) | st.integers(0, 40), hours_=st.integers(0, 23),
        drift=st.integers(0, 900), writes=st.sampled_from([True, True, False]),
    )  # fmt: skip
    def time_passes(self, days, hours_, drift, writes):
        self.life.courier.drift = drift
        target = self.life.clock.now() + timedelta(days=days, hours=hours_, milliseconds=drift)
        if not writes or not self.followed:
            self.walk(target)
        while self.life.clock.now() < target:  # who writes every day holds a right every day
            self.message()
            self.walk(min(target, self.life.clock.now() + DAY))

    def walk(self, target):
        self.life.walk(target, self.point_days)
        self.expect()

    @rule(hours_=st.integers(1, 60))
    def nothing_runs(self, hours_):
        """Clock and worker are down for a while, and then catch up at whatever hour it is."""
        self.life.clock.advance(hours=hours_)
        self.settle()

    @rule(
        mood=st.sampled_from(
            [("unknown", 0, "cut"), ("retry", -1, "busy"), ("park", 45015, "window")]
        )
    )
    def platform_has_a_mood(self, mood):
        self.life.courier.mood = mood

    # what is promised

    def wants(self, id_, point):
        above = self.muted[id_]
        return self.followed and self.on and (above is None or point <= above)

    def point_days(self):
        """Tomorrow's and later days on which a point falls, and note today's as promised."""
        self.expect()
        today = self.life.today()
        days = {reminders.point_day(t, p) for t in self.terms.values() for p in POINTS}
        return [day for day in days if day > today]

    def expect(self):
        if self.life.house.conversations.find("oW") is None:
            self.begin_anew()  # he left, and was forgotten
            self.followed = False
        for id_, term in self.terms.items():
            left = (term - self.life.today()).days
            if left in POINTS and self.wants(id_, left):
                self.expected.add((id_, term, left))

    def settle(self):
        self.life.driver.settle()
        self.expect()

    def judge(self, send):
        """Nothing unasked goes out against his wish, at night, over the cap, or out of order."""
        assert self.followed
        if send.kind not in UNASKED:
            return
        assert quiet_until(send.at, self.hour) is None
        last = send.kind == "expiry" and send.point <= LAST_WEEK
        first = send.at.astimezone(SHANGHAI).date() - 6 * DAY
        week = [
            s
            for s in self.life.sends
            if s.kind in UNASKED and s.at.astimezone(SHANGHAI).date() >= first
        ]
        assert last or len(week) < CAP
        if send.kind == "expiry":
            assert self.on
            (row,) = [r for r in self.life.rows() if r.id == send.id]
            assert self.terms[row.message.certificate_id] == send.term
            assert self.wants(row.message.certificate_id, send.point)
            nearer = [
                r
                for r in self.life.rows()
                if r.state == "due" and r.message.kind == "expiry" and r.message.term < send.term
                if r.message.due_at <= send.at or r.reason
            ]
            assert not nearer, "a nearer deadline was still waiting"

    @invariant()
    def nothing_is_sent_twice(self):
        ids = [send.id for send in self.life.sends]
        assert len(ids) == len(set(ids))
        sent = sum(send.state == "sent" for send in self.life.sends)
        assert len(self.life.courier.sent) == sent

    @invariant()
    def every_point_is_owed_once_or_has_its_reason(self):
        rows = [row for row in self.life.rows() if row.message.kind == "expiry"]
        owed = {
            (row.message.certificate_id, row.message.term, row.message.point): row for row in rows
        }
        assert len(owed) == len(rows)
        assert self.expected <= owed.keys()
        for (id_, term, point), row in owed.items():
            assert row.state in TOLD | {"due"} or row.reason
            assert point > LAST_WEEK or row.reason != "weekly_cap"
            if row.state == "superseded":
                assert any(k[:2] == (id_, term) and k[2] < point for k in owed)
            if row.state in {"due", "parked"}:
                assert term == self.terms[id_]
                assert self.wants(id_, point)

    @invariant()
    def the_latest_point_reached_is_owed(self):
        states = {
            (row.message.certificate_id, row.message.term, row.message.point): row.state
            for row in self.life.rows()
        }
        for id_, term in self.terms.items():
            point = reached(term, self.life.today())
            if point is not None and self.wants(id_, point):
                assert states.get((id_, term, point), "missing") in TOLD | {"due", "parked"}


TestReminders = Reminders.TestCase
TestReminders.settings = settings(
    max_examples=80,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)


@given(old=offsets, days=st.integers(0, 60), new=offsets, hour=hours, drift=st.integers(0, 900))
@settings(max_examples=25, deadline=None)
def test_after_a_change_of_date_the_points_are_those_of_a_new_certificate(
    old, days, new, hour, drift
):
    life = Life()
    life.courier.drift = drift
    now, today = life.clock.now, life.today
    terms = [today() + old * DAY]
    ids = {}

    def save(who, term, certificate=0):
        with life.open(who) as conversation:
            if hour is not None:
                conversation.certificates.remind_at(hour, now())
            kept = conversation.certificates.save(
                Certificate(certificate, "housing", "", term), now()
            )
            ids[who] = kept.id

    def live(until, *people):
        while now() < until:
            for who in people:
                life.driver.speak(who, "在吗")
            days_ = lambda: [reminders.point_day(t, p) for t in terms for p in POINTS]
            life.walk(min(until, now() + DAY), days_)

    life.rows = lambda who=None: [r for w in "WN" for r in life.outbox.history(f"o{w}")]
    life.driver.speak("W", "[follow]")
    save("W", terms[0])
    live(now() + days * DAY, "W")
    life.driver.speak("N", "[follow]")
    terms.append(today() + new * DAY)
    save("W", terms[1], ids["W"])
    save("N", terms[1])
    before = {r.id for r in life.outbox.history("oW") if r.state in TOLD}
    live(reminders.due_at(terms[1] + 3 * DAY, 12), "W", "N")
    owed, told = {}, {}
    for who in "WN":
        rows = [r for r in life.outbox.history(f"o{who}") if r.message.term == terms[1]]
        owed[who] = Counter(r.message.point for r in rows)
        told[who] = {r.message.point for r in rows if r.state in TOLD and r.id not in before}
    life.close()
    same_date = terms[0] == terms[1]
    assert same_date or owed["W"] == owed["N"]
    last_week = lambda points: {point for point in points if point <= LAST_WEEK}
    assert same_date or last_week(told["W"]) == last_week(told["N"])

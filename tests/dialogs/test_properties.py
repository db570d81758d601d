"""Promises of the engine under anything people and deploys can do to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from bot.dialogs.engine.context import Act, Context, Event, Speak
from bot.dialogs.engine.flow import Flow, Flows, awaited
from bot.dialogs.engine.relocate import relocate
from bot.dialogs.engine.repair import CORRECTING
from bot.dialogs.engine.session import Session
from bot.dialogs.engine.slots import Number, Text
from bot.dialogs.engine.step import ACTED, Ask, Call, Choose, Say
from bot.dialogs.engine.turn import turn
from bot.dialogs.lexicon import ContentLexicon
from bot.dialogs.script import FLOWS
from bot.domain.certificate import Certificate
from bot.handlers.talk import MOST_ACTS
from bot.library import load
from bot.messages import Heard
from tests.conftest import ROOT
from tests.dialogs.paperwork import Paperwork
from tests.dialogs.small import Catalogue, Lexicon, Talk
from tests.dialogs.test_turn import CATALOGUE, FORM, HOME, OTHER

V1 = Flows((HOME, FORM, OTHER))
V2 = Flows((HOME, OTHER, Flow("form", (
    Ask("full_name", Text(), "mail"),
    Ask("mail", Text(), "age"),
    Ask("age", Number(1, 99), "sure", give_up="sorry"),
    Choose("sure", {"yes": "sorry", "no": "sorry"}),
    Say("sorry", "@end"),
), moved={"name": "full_name"})))  # fmt: skip
V3 = Flows((HOME, OTHER, Flow("form", (
    Ask("full_name", Text(), "age"), Ask("age", Text(), "sorry"), Say("sorry", "@end"),
), retired=frozenset({"mail", "sure"}), moved={"name": "full_name"})))  # fmt: skip

TEXTS = st.sampled_from(
    ["Li", "40", "1", "2", "yes", "no", "price?", "else", "form", "zz?", "", "correct 1", "correct"]
)


class Conversation(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        lexicon = Lexicon(starts={"else": "other", "form": "form"}, faq={"price?": "price"})
        self.talk = Talk(V1, Catalogue(CATALOGUE.choices, CATALOGUE.extra), lexicon)
        self.before = self.talk.session

    def do(self, event):
        self.before = self.talk.session
        return self.talk.event(event)

    @rule(text=TEXTS)
    def say(self, text):
        said = self.do(Event("text", text=text))
        assert said
        assert self.talk.session.turn == self.before.turn + 1

    @rule(choice=st.integers(0, 3), text=TEXTS, flow=st.sampled_from(["home", "form"]))
    def tap(self, choice, text, flow):
        step = "pick" if flow == "home" else "sure"
        code = next(f for f in V1.flows if f.name == flow).code(step)
        assert self.do(Event("text", text=text, choice=code + choice))

    @rule(kind=st.sampled_from(["image", "voice", "location", "unknown"]))
    def send_something_else(self, kind):
        expected = self.talk.session.copy()
        moving = relocate(self.talk.flows, expected)  # a deploy before it may even end the talk
        assert self.do(Event(kind, media="m"))
        assert moving or self.answers(self.talk.session) == self.answers(expected)

    def answers(self, session):
        return [dict(frame.answers) for frame in session.stack if frame.flow != "home"]

    @rule()
    def ask_an_faq(self):
        expected = self.talk.session.copy()
        relocated = relocate(self.talk.flows, expected)
        if expected.top and expected.top.partial == CORRECTING:
            expected.top.partial = None  # only the very next words may be its number
        said = self.do(Event("text", text="price?"))
        top = self.before.top
        if not relocated and not (top and top.asks == "text"):
            assert said[0] == "faq.price"
            assert self.talk.session.stack == expected.stack

    def will_move(self):
        return relocate(self.talk.flows, self.talk.session.copy())

    @rule()
    def go_back(self):
        if self.will_move():
            return
        top = self.talk.session.top
        trail = list(top.trail) if top else []
        answers = dict(top.answers) if top else {}
        self.do(Event("text", text="back"))
        if trail:
            after = self.talk.session.top.answers
            moved = self.talk.flows.get(top.flow).moved
            names = {moved.get(name, name) for name in answers}
            assert names - set(after) == {moved.get(trail[-1], trail[-1])}

    @rule()
    def cancel(self):
        moving = self.will_move()
        depth = len(self.talk.session.stack)
        said = self.do(Event("text", text="cancel"))
        if not moving:
            assert said[0] == ("engine.cancelled" if depth else "engine.nothing_to_cancel")
            assert len(self.talk.session.stack) < max(depth, 1)

    @rule(name=st.sampled_from(["silence", "wait", "collect"]), age=st.integers(0, 2))
    def timer(self, name, age):
        turn_ = self.talk.session.turn - age
        said = self.do(Event("timer", name=name, turn=turn_))
        if age:
            assert not said
            assert self.talk.session is self.before or self.talk.session == self.before

    @rule(flows=st.sampled_from([V1, V2, V3]))
    def deploy(self, flows):
        order = [V1, V2, V3]
        if order.index(flows) >= order.index(self.talk.flows):
            self.talk.flows = flows

    @invariant()
    def tries_are_bounded(self):
        if hasattr(self, "talk"):
            assert all(frame.tries < 3 for frame in self.talk.session.stack)
            assert len(self.talk.session.stack) <= 6

    @invariant()
    def no_answer_is_lost_by_a_deploy(self):
        if hasattr(self, "talk") and self.talk.session.stack:
            for frame in self.talk.session.stack:
                assert set(frame.trail) <= set(frame.answers)


TestConversation = Conversation.TestCase
TestConversation.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)

LIBRARY = load(ROOT / "content")
LEXICON = ContentLexicon(LIBRARY.vocabulary)
EAR = {
    "证几年审一次": Heard("answer", ("validity_period",), 1.0),
    "过期了咋办": Heard("answer", ("expired",), 1.0),
    "打零工能办吗": Heard("choice", ("no_employer", "conditions"), 0.5),
    "帮我代考": Heard("refuse", (), 0.9),
}
WORDS = (
    "1 2 3 4 5 6 自查 我的证书 提醒设置 已办好 正在办 别再提醒 菜单 返回 取消 改2 改 人工 帮助 "
    "详细 2027年3月1日 明年三月 5号 看不清 2月30号 证几年审一次 过期了咋办 好 没得 没有 要 不用 "
    "申请复审 进度 我的资料 同意 对 有字不对 重拍一张 改3 改1 500101199001010018 13800138000 123456 "
    "654321 中建三局 李工 撤回同意 全部删掉 抄一份给我 撤回 交 "
    "晚上8点 帮我代考 都不是 有用 没用 打零工能办吗 住建委 渝A012008000001 哈哈"
)
REAL = st.one_of(st.sampled_from(WORDS.split(" ")), st.text(max_size=30))


ONLY_CALLED = {s.flow for flow in FLOWS.flows for s in flow.steps if isinstance(s, Call)}
"""Nobody starts these by himself; where there is nothing to ask they are silent."""


class RealTalk(RuleBasedStateMachine):
    @initialize()
    def begin(self):
        self.session = Session()
        self.now = datetime(2026, 11, 24, 2, tzinfo=UTC)
        self.certificates = ()
        self.paperwork = Paperwork(LIBRARY.documents, fees=LIBRARY.fees.items)

    def take(self, event):
        effects = self.take_once(event)
        for _ in range(MOST_ACTS):
            if awaited(FLOWS, self.session) != ACTED:
                return effects
            effects += self.take_once(Event("signal", name=ACTED, given=self.answers))
        raise AssertionError("a flow that acts for ever")

    def take_once(self, event):
        context = Context(
            self.now, self.now.date(), LIBRARY.words, LEXICON, "1",
            {"certificates": self.certificates, "hour": 9, "reminders_on": True,
             "rulebook": LIBRARY.rulebooks["mohurd-2008"], "consent_link": "https://x",
             "authority_of": LEXICON.authority_of, "answered": self.session.faq,
             **self.paperwork.facts},
        )  # fmt: skip
        before = Session.from_json(self.session.to_json())
        if event.kind == "text":
            event = replace(event, heard=EAR.get(event.text, Heard("none")))
        self.session, effects = turn(FLOWS, before, event, context)
        self.answers = {}
        for effect in effects:
            if isinstance(effect, Speak):
                assert LIBRARY.words.say(effect.key, effect.values)
            if isinstance(effect, Act):
                self.keep(effect)
                self.answers |= self.paperwork.act(effect.name, effect.values)
        return effects

    def keep(self, act):
        if act.name == "save_certificate":
            day = datetime.fromisoformat(act.values["expires_on"]).date()
            new = Certificate(len(self.certificates) + 1, "housing", "", day)
            self.certificates = (*self.certificates, new)
        if act.name == "delete_certificate":
            self.certificates = tuple(c for c in self.certificates if c.id != act.values["id"])

    @rule(text=REAL)
    def say(self, text):
        assert any(isinstance(effect, Speak) for effect in self.take(Event("text", text=text)))

    @rule(flow=st.sampled_from([f.name for f in FLOWS.flows if f.name not in ONLY_CALLED]))
    def start(self, flow):
        assert self.take(Event("start", flow=flow))

    @rule()
    def send_a_photo(self):
        assert any(isinstance(e, Speak) for e in self.take(Event("image", media="m")))

    @rule(paper=st.sampled_from(["id_front", "certificate", "portrait", "", None]))
    def a_photo_is_read(self, paper):
        if self.paperwork.read("read", paper, name="张三", id_number="500101199001010018"):
            self.take(Event("fresh", flow="documents"))

    @rule(then=st.sampled_from(["look", "order", "pay"]))
    def an_operator_accepts(self, then):
        if self.paperwork.application is None:
            self.paperwork.begin_application()
        if self.paperwork.application.state == "draft":
            self.paperwork.change(state="submitted")
        if self.paperwork.accept() and then != "look":
            self.paperwork.create_order([["training", "x", 100]], ())
            if then == "pay":
                self.paperwork.pay()

    @rule(days=st.integers(0, 200))
    def time_passes(self, days):
        self.now += timedelta(days=days)
        self.take(Event("timer", name="silence", turn=self.session.turn))


TestRealTalk = RealTalk.TestCase
TestRealTalk.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)

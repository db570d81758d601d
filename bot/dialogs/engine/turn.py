"""One turn of a conversation: ``turn(flows, session, event, context) -> (session, effects)``.

Pure: no clock, no I/O, no chance. The order inside is the design: start, human mode,
relocation after a deploy, timers and signals, taps on old bubbles, an option word for
word, global words, wishes, a valid answer, an FAQ, an explanation, a way out. A valid
answer beats an FAQ hit: a welder who answers must never be lectured instead.
"""

from __future__ import annotations

from typing import Any

from bot.dialogs.engine.context import Act, Context, Effect, Event, Speak, Unheard
from bot.dialogs.engine.explain import explain, lost
from bot.dialogs.engine.flow import CODES, Flow, Flows, as_json_value
from bot.dialogs.engine.relocate import relocate
from bot.dialogs.engine.repair import Repair
from bot.dialogs.engine.session import Frame, Session
from bot.dialogs.engine.slots import Again, Answer, Half
from bot.dialogs.engine.slots.choice import exactly, plain
from bot.dialogs.engine.step import Choose, Collect, Question, Wait, slot_type
from bot.dialogs.engine.walk import Walk


def turn(
    flows: Flows, session: Session, event: Event, context: Context
) -> tuple[Session, list[Effect]]:
    """Let one event happen to a conversation; the session given is left as it is.

    A timer that was set before the conversation moved on, or for a place that a deploy has
    taken away, is void: nothing changes at all.
    Raises ``Unheard`` when it needs to know what a text asks and nobody has listened.
    """
    if event.kind == "timer" and (event.turn != session.turn or relocate(flows, session.copy())):
        return session, []
    after = session.copy()
    after.turn += 1
    walk = Walk(flows, after, context)
    _Turn(walk, event).take()
    walk.set_timers()
    return after, walk.effects


class _Turn:
    """The order of a turn; what is said and where it leads is the walk's."""

    def __init__(self, walk: Walk, event: Event) -> None:
        self.walk, self.event = walk, event
        self.session, self.context = walk.session, walk.context
        self.repair = Repair(walk, event)

    def take(self) -> None:
        event = self.event
        if event.kind == "staff":
            self.session.human = event.name == "on"
            return
        if event.kind == "start":
            self.session.human = False
            self.walk.begin(event.flow, dict(event.given))
            return
        if self.session.human and not self._returns_from_human():
            return
        if relocate(self.walk.flows, self.session):
            self.walk.say("engine.moved_on")
            self._settle_anew()
            return
        unasked = {"timer": self._timer, "signal": self._signal, "fresh": self._look_again}
        if event.kind in unasked:
            unasked[event.kind]()
        elif not self._stale_tap() and not self._global():
            self._message()

    def _settle_anew(self) -> None:
        if self.session.stack:
            self.walk.settle("")
        else:
            self.walk.begin(self.walk.flows.home, {})

    def _returns_from_human(self) -> bool:
        command = self.context.lexicon.command(self.event.text)
        if self.event.kind == "text" and command and command[0] in {"menu", "restart"}:
            self.session.human = False
            return True
        return False

    def _timer(self) -> None:
        frame, step = self.walk.open()
        if self.event.name == "silence" and frame and step and not frame.nudged:
            frame.nudged = True
            self.walk.say("engine.nudge")
            self.walk.ask()
        elif self.event.name == "collect" and frame and isinstance(step, Collect):
            if frame.partial:
                self._accept(frame, step, frame.partial)
        elif self.event.name == "wait":
            self._late()

    def _late(self) -> None:
        for frame in reversed(self.session.stack):
            step = self.walk.question(frame)
            if isinstance(step, Wait) and step.until:
                frame.answers[step.id] = "late"
                if frame is self.session.top:
                    self.walk.settle(step.id)
                return

    def _signal(self) -> None:
        for frame in reversed(self.session.stack):
            step = self.walk.question(frame)
            if isinstance(step, Wait) and step.signal == self.event.name:
                frame.answers[step.id] = "came"
                frame.computed[step.id] = dict(self.event.given)
                if frame is self.session.top:
                    self.walk.settle(step.id)
                return

    def _look_again(self) -> None:
        frame = self.session.top
        if frame and frame.flow == self.event.flow:
            self.session.stack[-1] = Frame(
                frame.flow, computed={"": frame.computed.get("", {})}, called=frame.called
            )
            self.walk.settle("")

    def _stale_tap(self) -> bool:
        """Refuse a tap on the bubble of another question; never feed it to this one."""
        if self.event.choice is None or self.event.choice not in CODES:
            return False
        frame, step = self.walk.open()
        if frame and step and self.walk.flow(frame).named_by(self.event.choice, step.id):
            return False
        if self.context.lexicon.start(self.event.text) or self.context.lexicon.command(
            self.event.text
        ):
            return False
        if step is None:
            self.walk.begin(self.walk.flows.home, {}, preface="engine.old_tap")
        else:
            self.walk.say("engine.old_tap")
            self.walk.ask()
        return True

    def _global(self) -> bool:
        if self.event.kind != "text":
            return False
        if self.repair.names_answer():
            return True
        if self._is_option():
            return False
        command = self.context.lexicon.command(self.event.text)
        if command and self.repair.command(*command):
            return True
        wish = self.context.lexicon.start(self.event.text)
        if wish and self.walk.flows.get(wish):
            self.walk.begin(wish, self._tapped_thing())
            return True
        return False

    def _tapped_thing(self) -> dict[str, int]:
        """Name what a wish was tapped on: numbers beyond those of questions are things."""
        choice = self.event.choice or 0
        return {"tapped": choice} if choice >= CODES.stop else {}

    def _is_option(self) -> bool:
        """Tell whether the words are, word for word, an option of the open question."""
        frame, step = self.walk.open()
        if frame is None or not isinstance(step, Choose):
            return False
        return exactly(self.event.text, self.walk.options(frame, step)) is not None

    def _message(self) -> None:
        frame, step = self.walk.open()
        if frame is None:
            if not self._answer_faq(None):
                self.walk.begin(self.walk.flows.home, {}, preface=lost(self.walk, self.event))
        elif step is None:  # what it waited for came while a menu lay on it
            self.walk.resume()
        elif isinstance(step, Collect) and self.event.kind == "image":
            self._collect(frame, step)
        else:
            self._hear(frame, step)

    def _hear(self, frame: Frame, step: Question) -> None:
        match self._read(frame, step):
            case Answer(value):
                self._accept(frame, step, value)
            case Half() as half:
                frame.partial = as_json_value(half.partial)
                self.walk.ask_rest(frame, step, half)
            case None if self._leave_aside(frame):
                self._message()
            case Again() | None as again:
                if not self._answer_faq(step):
                    explain(self.walk, self.event, frame, step, again)

    def _leave_aside(self, frame: Frame) -> bool:
        """Close a menu that lies on top of a talk: what is no choice of it was meant for that."""
        if len(self.session.stack) < 2 or not self.walk.flow(frame).quiet:
            return False
        self.walk.drop()
        return True

    def _read(self, frame: Frame, step: Question) -> Answer | Half | Again | None:
        if isinstance(step, Wait | Collect):
            return None
        options = self.walk.options(frame, step)
        tapped = self._tapped(self.walk.flow(frame), step, options)
        if tapped is not None:
            return Answer(tapped)
        if self.event.kind not in step.slot.accepts:
            return None
        return step.slot.read(self.event, options, frame.partial, self.context)

    def _tapped(self, flow: Flow, step: Question, options: Any) -> str | None:
        choice = self.event.choice
        if choice is None or not flow.named_by(choice, step.id):
            return None
        n = choice % 100
        if not 1 <= n <= len(options):
            return None
        option = options[n - 1]
        same = not self.event.text or plain(self.event.text) == plain(option.label)
        return str(option.id) if same else None

    def _accept(self, frame: Frame, step: Question, value: Any) -> None:
        frame.answers[step.id] = as_json_value(value)
        if step.id in frame.trail:
            frame.trail.remove(step.id)
        frame.trail.append(step.id)
        self.walk.settle(step.id)

    def _collect(self, frame: Frame, step: Collect) -> None:
        photos = [*(frame.partial or []), self.event.media]
        frame.partial = photos
        if len(photos) >= step.most:
            self._accept(frame, step, photos)

    def _answer_faq(self, step: Question | None) -> bool:
        if self.event.kind != "text":
            return False
        heard = self.event.heard
        if heard is None:
            raise Unheard(self.event.text, slot_type(step))
        match heard.kind:
            case "answer":
                self.walk.say(f"faq.{heard.intents[0]}")
            case "refuse":
                self.walk.say("faq.refuse_cheating")
            case "choice" if self.walk.flows.which:
                self.walk.begin(self.walk.flows.which, {"intents": list(heard.intents)})
                return True
            case _:
                if self.context.lexicon.is_question(self.event.text):
                    self.walk.act("note_unanswered", words=self.event.text)
                return False
        self.walk.ask_again()
        return True


__all__ = ["Act", "Speak", "turn"]

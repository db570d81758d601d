"""Walking through flows: from what is known to the next open question, or to the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bot.dialogs.engine.context import (
    Act,
    CancelTimers,
    Context,
    Effect,
    Option,
    SetTimer,
    Speak,
)
from bot.dialogs.engine.flow import BadFlow, Flow, Flows, Stop, as_json_value, path, question_of
from bot.dialogs.engine.session import Frame, Session
from bot.dialogs.engine.slots import Half
from bot.dialogs.engine.step import (
    ACTED,
    Ask,
    Call,
    Choose,
    Collect,
    Do,
    Go,
    Question,
    Say,
    Step,
    Wait,
    slot_type,
)

HOPS = 200
"""Steps one turn may pass: a flow that runs in circles must stop, as in goflow."""

DEEPEST = 6
"""Flows inside flows; beyond it the oldest digression is let go."""


class Walk:
    """The session of one turn while it is being moved, and what is said on the way."""

    def __init__(self, flows: Flows, session: Session, context: Context) -> None:
        self.flows, self.session, self.context = flows, session, context
        self.effects: list[Effect] = []
        self.hops = 0

    # looking

    def flow(self, frame: Frame) -> Flow:
        """Return the flow of a frame that ``relocate`` has let stand."""
        flow = self.flows.get(frame.flow)
        if flow is None:
            raise BadFlow(f"no flow {frame.flow}")
        return flow

    def question(self, frame: Frame) -> Question | None:
        """Return the open question of a frame, unless it is answered meanwhile, or gone."""
        step = question_of(self.flows.get(frame.flow), frame.step)
        return None if step is None or step.id in frame.answers else step

    def open(self) -> tuple[Frame | None, Question | None]:
        """Return the flow being talked about and its open question."""
        frame = self.session.top
        return (frame, self.question(frame)) if frame else (None, None)

    def known(self, frame: Frame) -> dict[str, Any]:
        """Return what is known where the frame stands."""
        known: dict[str, Any] = {}
        for _, so_far in path(self.flow(frame), frame, self.context):
            known = so_far
        return known

    def options(self, frame: Frame, step: Question) -> tuple[Option, ...]:
        """Return the options of a question as they are shown to this person."""
        if not isinstance(step, Choose):
            return ()
        if step.offered:
            return step.offered(self.known(frame), self.context)
        return self.context.catalogue.options(f"{frame.flow}.{step.id}")

    def says_otherwise(self, frame: Frame, step: Question) -> bool:
        """Tell whether the question has a second wording that explains itself better."""
        return self.context.catalogue.has(f"{frame.flow}.{step.id}.again")

    # speaking

    def say(self, key: str, values: Mapping[str, Any] | None = None) -> None:
        """Say the words of a key. An answer told is what "tell me more" means from here on."""
        self.effects.append(Speak(key, values or {}))
        if key.startswith("faq.") and not key.endswith(".more"):
            self.session.faq = key.removeprefix("faq.")

    def act(self, name: str, **values: Any) -> None:
        """Ask the world to do something."""
        self.effects.append(Act(name, values))

    def ask(self, again: bool = False) -> None:
        """Put the open question, in its second wording if there is one and it is wanted."""
        frame, step = self.open()
        if frame is None or step is None or (isinstance(step, Wait) and step.signal == ACTED):
            return
        key = f"{frame.flow}.{step.id}"
        if again and self.says_otherwise(frame, step):
            key = f"{key}.again"
        values = step.values(self.known(frame), self.context)
        code = self.flow(frame).code(step.id)
        self.effects.append(Speak(key, values, self.options(frame, step), code))

    def ask_rest(self, frame: Frame, step: Question, half: Half) -> None:
        """Ask for the other half of an answer; a tap on it is a tap on this question."""
        code = self.flow(frame).code(step.id)
        self.effects.append(Speak(half.key, half.values, half.options, code))

    def ask_again(self) -> None:
        """Come back to the open question after something else; menus are not repeated."""
        frame, step = self.open()
        if frame and step and frame.flow != self.flows.home and not _closing(step):
            self.say("engine.where_we_were")
            self.ask()

    # moving

    def begin(self, name: str, given: Mapping[str, Any], preface: str = "") -> None:
        """Start a flow, or come back to it if it is under way."""
        if preface:
            self.say(preface)
        self._leave_quiet()
        self._let_go(name, given)
        for at, frame in enumerate(self.session.stack):
            if frame.flow == name and self.question(frame):
                self._come_back(at)
                return
        self.push(Frame(name), given)
        self.settle("")

    def _let_go(self, name: str, given: Mapping[str, Any]) -> None:
        """Give up a flow under way if it is wanted for another thing: never mix the two."""
        for at, frame in enumerate(self.session.stack):
            was = frame.computed.get("", {})
            if frame.flow == name and any(was.get(key) != value for key, value in given.items()):
                above = at + 1
                while above < len(self.session.stack) and self.session.stack[above].called:
                    above += 1
                del self.session.stack[at:above]
                return

    def _come_back(self, at: int) -> None:
        above = len(self.session.stack) - at - 1
        del self.session.stack[at + 1 :]
        if above:
            self.say("engine.where_we_were")
        self.ask()

    def _leave_quiet(self) -> None:
        """A menu left for something else is closed, and so is a talk at its closing question."""
        frame, step = self.open()
        if frame and step and (self.flow(frame).quiet or _closing(step)):
            self.drop()

    def push(self, frame: Frame, given: Mapping[str, Any]) -> None:
        """Put a flow on top."""
        if self.flows.get(frame.flow) is None:
            raise BadFlow(f"no flow {frame.flow}")
        frame.computed[""] = {key: as_json_value(value) for key, value in given.items()}
        self.session.stack.append(frame)
        while len(self.session.stack) > DEEPEST:
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        del self.session.stack[0]
        while self.session.stack and self.session.stack[0].called:
            del self.session.stack[0]

    def drop(self) -> None:
        """Leave the flow on top, and those that only called it."""
        while self.session.stack and self.session.stack.pop().called:
            pass

    def resume(self) -> None:
        """Go on with the flow below, if there is one."""
        frame = self.session.top
        if frame is None:
            return
        if self.question(frame):
            self.ask_again()
        else:  # what it waited for has come meanwhile
            self.settle(frame.step)

    def settle(self, since: str) -> None:
        """Walk the flow on top to its next question; speak only behind the step ``since``.

        What lies before ``since`` was said when it was passed; a step that a deploy has
        inserted there finds out what it must, and is silent.
        """
        while (frame := self.session.top) is not None:
            stop = self._walk(frame, since)
            if stop is None:  # another flow was called
                since = ""
            elif stop.question:
                self._stand(frame, stop.question)
                return
            else:
                called = self._leave(frame, stop.end)
                if called is None:
                    return
                since = called

    def _walk(self, frame: Frame, since: str) -> Stop | None:
        speaking = not since
        for step, known in path(self.flow(frame), frame, self.context):
            self.hops += 1
            if self.hops > HOPS:
                raise BadFlow(f"{frame.flow}: more than {HOPS} steps in one turn")
            if isinstance(step, Stop):
                return step
            if step.id not in frame.done and self._pass(frame, step, known, speaking):
                return None
            speaking = speaking or step.id == since
        raise BadFlow(f"{frame.flow}: the walk did not stop")

    def _pass(self, frame: Frame, step: Step, known: dict[str, Any], speaking: bool) -> bool:
        """Do what a step does, once; return whether it called another flow."""
        match step:
            case Say():
                if speaking:
                    self._speak(frame, step, known)
            case Do():
                self._do(frame, step, known)
            case Call():
                frame.done.append(step.id)
                self.push(Frame(step.flow, called=step.id), step.give(known, self.context))
                return True
            case Go():
                self._go(step.flow)
                return True
            case _:
                return False
        frame.done.append(step.id)
        return False

    def _go(self, name: str) -> None:
        """Change over to another flow, where it stands if it is under way."""
        self.session.stack.pop()
        for at, frame in enumerate(self.session.stack):
            if frame.flow == name and self.question(frame):
                del self.session.stack[at + 1 :]
                self.say("engine.where_we_were")
                return
        self.push(Frame(name), {})

    def _speak(self, frame: Frame, step: Say, known: dict[str, Any]) -> None:
        if step.pieces is None:
            self.say(f"{frame.flow}.{step.id}", step.values(known, self.context))
            return
        for piece in step.pieces(known, self.context):
            self.say(piece.key, piece.values)

    def _do(self, frame: Frame, step: Do, known: dict[str, Any]) -> None:
        done = step.run(known, self.context)
        frame.computed[step.id] = {
            key: as_json_value(value) for key, value in done.computed.items()
        }
        if done.acts:
            self.effects.extend(done.acts)
            frame.trail.clear()

    def _stand(self, frame: Frame, step: Question) -> None:
        frame.step, frame.asks = step.id, slot_type(step)
        frame.tries, frame.nudged, frame.partial = 0, False, None
        self.ask()

    def _leave(self, frame: Frame, end: str) -> str | None:
        """Leave a finished flow; return the ``Call`` to go on behind, or None if all is said."""
        if end == "@human":
            known = frame.computed.get("", {})
            self.act("ask_human", reason=frame.flow, words=known.get("last_words", ""))
            self.say("engine.human_noted")
        known = self.known(frame)
        self.session.stack.pop()
        if end == "@again":
            self.push(Frame(frame.flow, called=frame.called), {})
            return ""
        below = self.session.top
        if frame.called and below:
            call = self.flow(below).step(frame.called)
            if isinstance(call, Call):
                below.computed[call.id] = {name: known.get(name) for name in call.keep}
                return call.id
        self.resume()
        return None

    # waking up later

    def set_timers(self) -> None:
        """Set the timers for where the conversation stands now, and drop what is stale."""
        wanted = list(self._wanted())
        if self.session.timed and not wanted:
            self.effects.append(CancelTimers())
        self.session.timed = bool(wanted)
        self.effects.extend(wanted)

    def _wanted(self) -> list[SetTimer]:
        now = self.context.now
        frame, step = self.open()
        timers: list[SetTimer] = []
        if frame and isinstance(step, Ask | Choose) and step.silence and not frame.nudged:
            timers.append(SetTimer("silence", now + step.silence))
        if frame and isinstance(step, Collect) and frame.partial:
            timers.append(SetTimer("collect", now + step.quiet))
        for below in reversed(self.session.stack):
            waiting = self.question(below)
            if isinstance(waiting, Wait) and waiting.until:
                until = waiting.until(self.known(below), self.context)
                timers.append(SetTimer("wait", until))
                break
        return timers


def _closing(step: Question) -> bool:
    return isinstance(step, Choose) and step.closing

"""Global words, understood anywhere: cancel, back, correct one answer, menu, help, a person."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

from bot.dialogs.engine.context import Event
from bot.dialogs.engine.flow import Stop, path
from bot.dialogs.engine.session import GAVE_UP, Frame
from bot.dialogs.engine.slots.answer import UNREADABLE
from bot.dialogs.engine.step import Ask, Choose, Collect
from bot.dialogs.engine.walk import Walk

CORRECTING = "@correcting"
"""Stands for half an answer while the list of answers is shown: a number means one of them."""


class Repair:
    """What each global word does to a conversation."""

    def __init__(self, walk: Walk, event: Event) -> None:
        self.walk, self.event = walk, event
        self.session = walk.session

    def command(self, name: str, number: int | None) -> bool:
        """Follow a global word; return False if it means nothing here."""
        if name == "correct":
            return self._correct(number)
        simple: dict[str, Callable[[], bool]] = {
            "cancel": self._cancel,
            "back": self._back,
            "menu": self._menu,
            "restart": self._restart,
            "human": self._human,
            "help": self._help,
            "more": self._more,
            "done": self._done,
            "thanks": self._thanks,
        }
        follow = simple.get(name)
        return follow() if follow else False

    def _cancel(self) -> bool:
        if not self.session.stack:
            self.walk.say("engine.nothing_to_cancel")
            return True
        self.walk.drop()
        self.walk.say("engine.cancelled")
        self.walk.resume()
        return True

    def _restart(self) -> bool:
        if not self.session.stack:
            return self._menu()
        name = self._base().flow
        self.walk.drop()
        self.walk.say("engine.restarted")
        self.walk.push(Frame(name), {})
        self.walk.settle("")
        return True

    def _base(self) -> Frame:
        """Return the flow the person began, under those that it called."""
        at = len(self.session.stack) - 1
        while self.session.stack[at].called:  # the lowest was begun, not called
            below = self.session.stack[at - 1]
            if self.walk.flow(below).quiet:
                break
            at -= 1
        return self.session.stack[at]

    def _menu(self) -> bool:
        self.walk.begin(self.walk.flows.home, {})
        return True

    def _help(self) -> bool:
        self.walk.say("engine.help")
        self.walk.ask_again()
        return True

    def _human(self) -> bool:
        frame = self.session.top
        self.walk.act("ask_human", reason=frame.flow if frame else "", words=self.event.text)
        self.walk.say("engine.human_noted")
        self.walk.ask_again()
        return True

    def _more(self) -> bool:
        if not self.session.faq:
            return False
        more = f"faq.{self.session.faq}.more"
        self.walk.say(more if self.walk.context.catalogue.has(more) else "engine.no_more")
        self.walk.ask_again()
        return True

    def _done(self) -> bool:
        frame, step = self.walk.open()
        if frame is None or not isinstance(step, Collect) or not frame.partial:
            return False
        frame.answers[step.id] = frame.partial
        frame.trail.append(step.id)
        self.walk.settle(step.id)
        return True

    def _thanks(self) -> bool:
        """Take thanks, or a plain "all right", for what it is where nothing is asked."""
        frame = self.session.top
        if frame and frame.flow != self.walk.flows.home:
            return False
        self.walk.say("engine.thanked")
        return True

    def _back(self) -> bool:
        frame = self.session.top
        if frame is None:
            return False
        if not frame.trail:
            if frame.called and self._back_below():
                return True
            self.walk.say("engine.no_way_back")
            self.walk.ask()
            return True
        self._reopen(frame, frame.trail[-1])
        return True

    def _back_below(self) -> bool:
        """Step back out of a called flow into the question before it."""
        below = self.session.stack[-2]
        if not below.trail:
            return False
        self.session.stack.pop()
        self._reopen(below, below.trail[-1])
        return True

    def _correct(self, number: int | None) -> bool:
        frame = self.session.top
        if frame is None or not frame.trail:
            if frame is None:
                return False
            self.walk.say("engine.nothing_to_correct")
            self.walk.ask()
            return True
        if number is None or not 1 <= number <= len(frame.trail):
            self._await_number()
            self.walk.say("engine.which_to_correct")
            for n, step in enumerate(frame.trail, 1):
                self.walk.say("engine.answer_line", self._line(frame, n, step))
            return True
        self._reopen(frame, frame.trail[number - 1])
        return True

    def _await_number(self) -> None:
        frame, step = self.walk.open()
        if frame and not isinstance(step, Collect):  # whose photos are kept there
            frame.partial = CORRECTING

    def names_answer(self) -> bool:
        """Take a bare number right after the list of answers as one of them, and no other.

        It would answer the open question otherwise, and nobody would notice.
        """
        frame = self.session.top
        if frame is None or frame.partial != CORRECTING:
            return False
        frame.partial = None
        number = self.walk.context.lexicon.number(self.event.text)
        return number is not None and self._correct(number)

    def _line(self, frame: Frame, n: int, name: str) -> dict[str, Any]:
        """Return one line of what he has answered: number, the question's short name, answer."""
        key = f"{frame.flow}.{name}"
        answer = frame.answers.get(name)
        step = self.walk.flow(frame).step(name)
        if isinstance(step, Choose):
            labels = {option.id: option.label for option in self.walk.options(frame, step)}
            answer = labels.get(str(answer), answer)
        elif isinstance(step, Ask):
            answer = self._read_back(step, answer)
        shown = "" if answer is None or answer == GAVE_UP else answer
        return {"n": n, "question": f"{key}.name", "answer": shown}

    def _read_back(self, step: Ask, answer: Any) -> Any:
        """Return an answer as a person reads it: a day as a day, none as that."""
        if answer == UNREADABLE:
            return self.walk.context.catalogue.say("engine.unreadable")
        if step.slot.type == "day" and len(str(answer)) == len("2027-03-01"):
            return date.fromisoformat(answer)
        return answer

    def _reopen(self, frame: Frame, name: str) -> None:
        """Take one answer back and ask that question again; later answers are kept."""
        del frame.answers[name]
        frame.trail.remove(name)
        flow = self.walk.flow(frame)
        before = [
            step.id
            for step, _ in path(flow, frame, self.walk.context)
            if not isinstance(step, Stop)
        ]
        frame.done = [step for step in frame.done if step in before]
        frame.computed = {
            step: found for step, found in frame.computed.items() if step == "" or step in before
        }
        self.walk.settle(name)

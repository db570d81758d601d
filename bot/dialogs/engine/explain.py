"""What is no answer: it is explained, and after some tries there is a way out."""

from __future__ import annotations

from bot.dialogs.engine.context import Event
from bot.dialogs.engine.session import GAVE_UP, Frame
from bot.dialogs.engine.slots import Again
from bot.dialogs.engine.step import Ask, Choose, Collect, Question, Wait
from bot.dialogs.engine.walk import Walk


def explain(walk: Walk, event: Event, frame: Frame, step: Question, again: Again | None) -> None:
    """Put the question once more, in other words if there are some, or give it up."""
    if isinstance(step, Wait):
        walk.ask()
        return
    if event.kind != "text" and again is None:
        _explain_kind(walk, event, frame, step)
        return
    frame.tries += 1
    if frame.tries >= step.tries:
        _give_up(walk, event, frame, step)
        return
    if again:
        walk.say(again.key, again.values)
    elif not walk.says_otherwise(frame, step):
        walk.say("engine.not_understood")
    walk.ask(again=again is None)


def _explain_kind(walk: Walk, event: Event, frame: Frame, step: Ask | Choose | Collect) -> None:
    """Say that words are wanted; for who goes on with photos or voice a person is called.

    The question stays open however many come: nine photos sent at once must not give
    up three questions.
    """
    walk.say(_for_kind("engine.not_this_kind", walk, event))
    frame.tries += 1
    if frame.tries >= step.tries:
        frame.tries = 0
        walk.act("ask_human", reason=frame.flow, words="")
        walk.say("engine.human_noted")
    walk.ask_again()


def _give_up(walk: Walk, event: Event, frame: Frame, step: Ask | Choose | Collect) -> None:
    frame.answers[step.id] = GAVE_UP
    frame.computed[""] = {**frame.computed.get("", {}), "last_words": event.text}
    walk.settle(step.id)


def lost(walk: Walk, event: Event) -> str:
    """Return the key that says so where nothing is asked."""
    return "engine.lost" if event.kind == "text" else _for_kind("engine.only_words", walk, event)


def _for_kind(key: str, walk: Walk, event: Event) -> str:
    """Return the words for this kind of message if there are any (how to type a voice)."""
    own = f"{key}.{event.kind}"
    return own if walk.context.catalogue.has(own) else key

"""After a deploy: find the place in the new flows where somebody was in the old ones."""

from __future__ import annotations

from itertools import pairwise

from bot.dialogs.engine.flow import Flow, Flows
from bot.dialogs.engine.session import Frame, Session
from bot.dialogs.engine.step import slot_type


def relocate(flows: Flows, session: Session) -> bool:
    """Move every frame to today's names; return whether the open question was lost.

    A flow that is gone is left. A question that is gone, or asks for another type of
    answer, is lost: the caller says so and settles anew, and the message at hand, which
    was meant for the old question, is never fed to the new one. Answers are kept.
    """
    for below, frame in pairwise(session.stack):
        caller = flows.get(below.flow)
        if caller is None or caller.step(frame.called) is None:
            frame.called = ""
    kept = [(flow, frame) for frame in session.stack if (flow := flows.get(frame.flow))]
    for flow, frame in kept:
        _rename(flow, frame)
    was, session.stack = session.top, [frame for _, frame in kept]
    return session.top is not was or (bool(kept) and not _stands(*kept[-1]))


def _rename(flow: Flow, frame: Frame) -> None:
    moved = flow.moved
    frame.step = moved.get(frame.step, frame.step)
    frame.answers = {moved.get(name, name): value for name, value in frame.answers.items()}
    frame.computed = {moved.get(name, name): value for name, value in frame.computed.items()}
    frame.done = [moved.get(name, name) for name in frame.done]
    frame.trail = list(dict.fromkeys(moved.get(name, name) for name in frame.trail))


def _stands(flow: Flow, frame: Frame) -> bool:
    """Tell whether the open question is there, and open: it may be one with another now."""
    return slot_type(flow.step(frame.step)) == frame.asks and frame.step not in frame.answers

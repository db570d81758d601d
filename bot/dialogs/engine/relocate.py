"""After a deploy: find the place in the new flows where somebody was in the old ones."""

from __future__ import annotations

from bot.dialogs.engine.flow import Flow, Flows, question_of
from bot.dialogs.engine.session import Frame, Session
from bot.dialogs.engine.step import slot_type


def relocate(flows: Flows, session: Session) -> bool:
    """Move every frame to today's names; return whether the open question was lost.

    A flow that is gone is left. A question that is gone, or asks for another type of
    answer, is lost: the caller says so and settles anew, and the message at hand, which
    was meant for the old question, is never fed to the new one. Answers are kept.
    """
    lost = False
    kept: list[Frame] = []
    for frame in session.stack:
        flow = flows.get(frame.flow)
        if flow is None:
            lost = True
            continue
        _rename(flow, frame)
        kept.append(frame)
    for at, frame in enumerate(kept):
        below = flows.get(kept[at - 1].flow) if at else None
        if frame.called and (below is None or below.step(frame.called) is None):
            frame.called = ""
    top_was = session.stack[-1] if session.stack else None
    session.stack = kept
    if not kept:
        return lost
    top = kept[-1]
    return top is not top_was or not _stands(flows, top)


def _rename(flow: Flow, frame: Frame) -> None:
    moved = flow.moved
    if not moved:
        return
    frame.step = moved.get(frame.step, frame.step)
    frame.answers = {moved.get(name, name): value for name, value in frame.answers.items()}
    frame.computed = {moved.get(name, name): value for name, value in frame.computed.items()}
    frame.done = [moved.get(name, name) for name in frame.done]
    frame.trail = [moved.get(name, name) for name in frame.trail]


def _stands(flows: Flows, frame: Frame) -> bool:
    flow = flows.get(frame.flow)
    question = question_of(flow, frame.step)
    if flow is None or question is None or slot_type(question) != frame.asks:
        frame.answers.pop(frame.step, None)
        return False
    return True

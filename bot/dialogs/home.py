"""The menu: where a person is who is nowhere else."""

from __future__ import annotations

from bot.dialogs.engine.context import Act, Context, Slots
from bot.dialogs.engine.flow import Flow
from bot.dialogs.engine.step import Choose, Do, Done, Go, Say


def ask_human(_known: Slots, _context: Context) -> Done:
    """Record that a person is wanted."""
    return Done(acts=(Act("ask_human", {"reason": "home", "words": ""}),))


HOME = Flow(
    "home",
    (
        Choose(
            "pick",
            {
                "eligibility": "to_eligibility",
                "apply": "to_apply",
                "progress": "to_progress",
                "payment": "to_payment",
                "certificates": "to_certificates",
                "reminders": "to_reminders",
                "my_data": "to_my_data",
                "questions": "to_questions",
                "human": "call_human",
            },
            silence=None,
        ),
        Go("to_eligibility", "eligibility"),
        Go("to_apply", "apply"),
        Go("to_progress", "progress"),
        Go("to_payment", "payment"),
        Go("to_certificates", "certificates"),
        Go("to_reminders", "reminders"),
        Go("to_my_data", "my_data"),
        Go("to_questions", "questions"),
        Do("call_human", ask_human, "human"),
        Say("human", "@end"),
    ),
    quiet=True,
)

QUESTIONS = Flow("questions", (Say("examples", "@end"),))

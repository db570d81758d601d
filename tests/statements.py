"""WeChat Pay's books as WeChat keeps them, for tests: what moved, when, and its statements."""

from dataclasses import dataclass
from datetime import datetime

from bot.domain.reminders import SHANGHAI
from bot.domain.statement import Line
from bot.ports import PayFailed, Return, Trade

WORDS = {"processing": "PROCESSING", "done": "SUCCESS", "failed": "ABNORMAL"}


@dataclass
class Moved:
    """A payment or refund, and when WeChat booked it."""

    kind: str
    number: str
    fen: int
    at: datetime
    payment: str = ""
    state: str = "done"


class Ledger:
    """Implements what ``Bookkeeper`` and ``Cashier`` ask of ``ports.Till``."""

    def __init__(self, clock):
        self.clock, self.moved, self.changes = clock, {}, {}
        self.failures, self.asked = [], []

    def pays(self, number, fen):
        """Somebody pays now; returns what the notice tells."""
        self.moved[number] = Moved("payment", number, fen, self.clock.now())
        return Trade(number, "paid", fen, "42", self.clock.now())

    def trade(self, number):
        found = self.moved.get(number)
        return Trade(number, "paid", found.fen, "42", found.at) if found else Trade(number, "open")

    def give_back(self, refund, whole):
        made = Moved(
            "refund", refund.number, refund.fen, self.clock.now(), refund.payment, "processing"
        )
        return self._return(self.moved.setdefault(refund.number, made))

    def given_back(self, number):
        return self._return(self.moved[number])

    def ends(self, number, state="done"):
        self.moved[number].state = state
        return self.given_back(number)

    def _return(self, moved):
        at = self.clock.now() if moved.state == "done" else None
        return Return(moved.number, moved.payment, moved.fen, moved.state, at)

    def true_lines(self, day):
        """What really moved on a day in Shanghai."""
        return [
            Line(
                one.kind, one.number, one.fen,
                "SUCCESS" if one.kind == "payment" else WORDS[one.state],
            )
            for one in self.moved.values()
            if one.at.astimezone(SHANGHAI).date() == day
        ]  # fmt: skip

    def statement(self, day):
        self.asked.append(day)
        if self.failures and (failure := self.failures.pop(0)):
            raise failure
        change = self.changes.get(day, lambda lines: lines)
        lines = change(self.true_lines(day))
        if not lines:
            raise PayFailed("refused", "NO_STATEMENT_EXIST")
        return lines

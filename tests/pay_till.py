"""WeChat Pay in memory: what it answers when all goes well, and when it does not."""

import threading
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from bot.domain.reminders import SHANGHAI
from bot.domain.statement import Line
from bot.ports import Asked, PayFailed, Return, Trade

PAID_BEFORE, IDLE = "ORDERPAID", "ORDER_CLOSED"


@dataclass(frozen=True)
class Slip:
    """One payment as WeChat has it."""

    asked: Asked
    payer: str  # "" for a code
    state: str = "open"
    at: datetime | None = None
    prepays: int = 0

    @property
    def transaction(self):
        return f"42{self.asked.number.encode().hex()}"[:28]


class MemoryTill:
    """Implements ``ports.Till``, and is paid by ``pay``."""

    def __init__(self, clock):
        self.clock, self.slips, self.returns = clock, {}, {}
        self.faults, self.asked, self.lock = [], [], threading.RLock()
        self.meanwhile = lambda _what, _number: None

    # what goes wrong

    def fails(self, nature="again", code="SYSTEM_ERROR", *, times=1, done=False):
        """Let the next calls fail; ``done``: WeChat did it, and its answer was lost."""
        self.faults += [(PayFailed(nature, code), done)] * times

    def _call(self, what, number, act):
        self.asked.append((what, number))
        self.meanwhile(what, number)
        with self.lock:
            fault, done = self.faults.pop(0) if self.faults else (None, True)
            found = act() if done else None
            if fault:
                raise fault
            return found

    # payments

    def sheet(self, asked, payer):
        return self._call("sheet", asked.number, lambda: self._sheet(asked, payer))

    def _sheet(self, asked, payer):
        slip = self._opened(asked, payer)
        return {
            "appId": "wx0000000000000001",
            "timeStamp": str(int(self.clock.now().timestamp())),
            "nonceStr": "n" * 32,
            "package": f"prepay_id=wx{slip.prepays}{asked.number[:8]}",
            "signType": "RSA",
            "paySign": "c2lnbmVk",
        }

    def code(self, asked):
        found = self._call("code", asked.number, lambda: self._opened(asked, ""))
        return f"weixin://wxpay/bizpayurl?pr={found.asked.number[:9]}"

    def _opened(self, asked, payer):
        now = self.clock.now()
        there = self._now(asked.number)
        if there is None:
            if asked.until - now < timedelta(minutes=1):
                raise PayFailed("refused", "PARAM_ERROR")
            there = Slip(asked, payer)
        elif there.state != "open":
            raise PayFailed("refused", PAID_BEFORE if there.state == "paid" else IDLE)
        elif (there.asked, there.payer) != (asked, payer):
            raise PayFailed("refused", "INVALID_REQUEST")
        self.slips[asked.number] = replace(there, prepays=there.prepays + 1)
        return self.slips[asked.number]

    def _now(self, number):
        slip = self.slips.get(number)
        if slip and slip.state == "open" and slip.asked.until <= self.clock.now():
            slip = self.slips[number] = replace(slip, state="closed")
        return slip

    def trade(self, number):
        return self._call("trade", number, lambda: self._trade(number))

    def _trade(self, number):
        slip = self._now(number)
        if slip is None:
            return Trade(number, "closed")
        if slip.state == "paid":
            return Trade(number, "paid", slip.asked.fen, slip.transaction, slip.at)
        return Trade(number, slip.state)

    def close(self, number):
        self._call("close", number, lambda: self._close(number))

    def _close(self, number):
        slip = self._now(number)
        if slip is None:
            return
        if slip.state == "paid":
            raise PayFailed("refused", PAID_BEFORE)
        self.slips[number] = replace(slip, state="closed")

    # the payer

    def pay(self, number):
        """Pay as a person does; return what the notice then tells."""
        with self.lock:
            slip = self._now(number)
            assert slip is not None, "nobody asked for it"
            assert slip.state == "open", "what is not open cannot be paid"
            self.slips[number] = replace(slip, state="paid", at=self.clock.now())
            return self._trade(number)

    @property
    def live(self):
        """Numbers that could be paid this moment."""
        return [number for number in self.slips if self._now(number).state == "open"]

    # refunds

    def give_back(self, refund, whole):
        return self._call("give_back", refund.number, lambda: self._give_back(refund, whole))

    def _give_back(self, refund, whole):
        if (there := self.returns.get(refund.number)) is not None:
            return there
        slip = self.slips.get(refund.payment)
        if slip is None or slip.state != "paid" or slip.asked.fen != whole:
            raise PayFailed("refused", "INVALID_REQUEST")
        gone = sum(
            one.fen
            for one in self.returns.values()
            if one.payment == refund.payment and one.state != "failed"
        )
        if gone + refund.fen > whole:
            raise PayFailed("alert", "NOT_ENOUGH")
        made = Return(refund.number, refund.payment, refund.fen, "processing", self.clock.now())
        self.returns[refund.number] = made
        return made

    def given_back(self, number):
        return self._call("given_back", number, lambda: self._given_back(number))

    def _given_back(self, number):
        if number not in self.returns:
            raise PayFailed("refused", "RESOURCE_NOT_EXISTS")
        return self.returns[number]

    def finish(self, number, state="done"):
        """End a refund as the bank does; return what the notice then tells."""
        ended = replace(self.returns[number], state=state, at=self.clock.now())
        self.returns[number] = ended
        return ended

    # the statement

    def statement(self, day):
        return self._call("statement", str(day), lambda: self._statement(day))

    def _statement(self, day):
        lines = [
            Line("payment", number, slip.asked.fen, "SUCCESS")
            for number, slip in self.slips.items()
            if slip.state == "paid" and slip.at.astimezone(SHANGHAI).date() == day
        ]
        words = {"processing": "PROCESSING", "done": "SUCCESS", "failed": "ABNORMAL"}
        lines += [
            Line("refund", number, one.fen, words[one.state])
            for number, one in self.returns.items()
            if one.at.astimezone(SHANGHAI).date() == day
        ]
        if not lines:
            raise PayFailed("refused", "NO_STATEMENT_EXIST")
        return lines

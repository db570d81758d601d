"""The till of one merchant: his keys, orders, refunds and notices joined."""

from __future__ import annotations

from collections.abc import Callable

from sandbox.account import Account
from sandbox.agenda import Agenda
from sandbox.clock import Clock
from sandbox.faults import Faults
from sandbox.pay import refunds
from sandbox.pay.authorization import SCHEME
from sandbox.pay.call import PayError
from sandbox.pay.keys import Signer, open_keys
from sandbox.pay.merchant import Merchant, Settings
from sandbox.pay.notices import Notices
from sandbox.pay.orders import Order, Orders, told
from sandbox.pay.signature import nonce, sign
from sandbox.state import State
from sandbox.wirelog import WireLog


class Pay:
    """WeChat Pay as one merchant sees it."""

    def __init__(
        self,
        merchant: Merchant,
        account: Account,
        state: State,
        clock: Clock,
        agenda: Agenda,
    ) -> None:
        """Open the till. Raises ValueError for a folder that is another merchant's."""
        self.merchant = merchant
        self.app_id, self.base_url = account.app_id, account.base_url
        self.state, self.clock, self.agenda = state, clock, agenda
        self.keys = open_keys(merchant)
        self.settings = Settings(state)
        self.orders = Orders(state, clock)
        agenda.on("refund", lambda number: refunds.settle(self, number))

    def tell_by(self, faults: Faults, wire: WireLog, limit_s: float, seed: int | None) -> None:
        """Say how notices leave."""
        self.faults, self.wire = faults, wire
        self.notices = Notices(self, limit_s, seed)

    def on_paid(self, work: Callable[[str], None]) -> None:
        """Say what else happens when a follower has paid."""
        self._paid = work

    def pay(self, number: str, openid: str) -> Order:
        """Let somebody pay, and begin to tell the bot. Raises ``PayError``."""
        with self.state.turn():
            order = self.orders.pay(number, openid)
            self.change_balance(order["fen"])
            self._paid(openid)
            trade = told(order, "SUCCESS")
            self.notices.send("TRANSACTION.SUCCESS", number, order["notify_url"], trade)
            return order

    def change_balance(self, fen: int) -> None:
        """Count money that came or went, if the balance is counted at all."""
        with self.state.turn():
            held = self.settings["balance_fen"]
            if held is not None:
                self.settings.change({"balance_fen": max(0, held + fen)})

    def signer(self, by_key: bool = True) -> Signer:
        """Return the key of the mode; while it migrates, ``by_key`` tells which of the two."""
        mode = self.settings["mode"]
        if mode == "migrating":
            mode = "public_key" if by_key else "certificates"
        return self.keys.by_public_key if mode == "public_key" else self.keys.by_certificate

    def answering(self, serial: str) -> Signer:
        """Return the key by which a request wants its answer. Raises ``PayError``."""
        mode = self.settings["mode"]
        if not serial:
            return self.signer(by_key=False)
        if mode != "certificates" and serial == self.keys.by_public_key.serial:
            return self.keys.by_public_key
        if mode != "public_key" and serial.upper() == self.keys.by_certificate.serial:
            return self.keys.by_certificate
        raise PayError("PARAM_ERROR", "平台证书序列号Wechatpay-Serial错误")

    def headers(self, signer: Signer, body: bytes) -> dict[str, str]:
        """Sign a body: the headers of an answer and of a notice."""
        stamp, once = str(int(self.clock.seconds())), nonce()
        return {
            "Wechatpay-Serial": signer.serial,
            "Wechatpay-Signature": sign(signer.key, stamp, once, body),
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": once,
            "Wechatpay-Signature-Type": SCHEME,
        }

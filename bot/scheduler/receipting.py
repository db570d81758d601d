"""The receipt as a picture: drawn and uploaded after the words have been sent, once."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.fee import yuan
from bot.domain.reminders import SHANGHAI
from bot.export.picture import Card, NotDrawn
from bot.messages import Said
from bot.ports import Job, Order, OrderDesk, Outgoing, SendFailed, Services
from bot.scheduler.workshop import NotDone

WORTH = timedelta(hours=24)
"""Who pays at night gets it in the morning; WeChat keeps an uploaded picture for three days."""


@dataclass(frozen=True, slots=True)
class Receipter:
    """Does the jobs of kind ``receipt``. ``draw`` gives None where nothing that draws is there."""

    services: Services
    orders: OrderDesk
    draw: Callable[[Card], bytes | None]
    upload: Callable[[bytes], str]

    def do(self, job: Job, now: datetime) -> None:
        """Draw a receipt and have it sent; quietly nothing where it cannot be drawn."""
        row = json.loads(job.payload)
        order = self.orders.find(int(row["order"]))
        if order is None or order.contact_id != job.contact_id:  # its person was forgotten
            return
        try:
            picture = self.draw(self.card(order, row["payment"]))
            if picture is None:
                return
            media_id = self.upload(picture)
        except NotDrawn as error:
            raise NotDone(f"draw: {error}", again=True) from None
        except SendFailed as error:
            raise NotDone(f"upload: {error.code}", again=error.nature != "never") from None
        said = Said("receipt_card.picture", "", image=media_id)
        message = Outgoing("news", f"order/{order.id}/card", now, (said,), not_after=now + WORTH)
        with self.services.conversations.open(job.contact_id) as conversation:
            conversation.mailbox.queue(message)

    def give_up(self, job: Job, reason: str, now: datetime) -> None:
        """Say nothing: he has the words, and may ask for his receipts at any time."""

    def card(self, order: Order, number: str) -> Card:
        """Put the receipt of a payment into words; names are drawn as they are, not as markup."""
        payment = next(one for one in order.payments if one.number == number)
        assert payment.paid_at is not None
        paid_at = payment.paid_at.astimezone(SHANGHAI)
        values = {"day": paid_at.date(), "time": f"{paid_at:%H:%M}"}
        return Card(
            heading=self._says("from"),
            title=self._says("title"),
            items=tuple((item.label, self._yuan(item.fen)) for item in order.items),
            total=(self._says("total"), self._yuan(payment.fen)),
            facts=(
                (self._says("paid_at"), self._says("moment", values)),
                (self._says("number"), payment.transaction),
            ),
            foot=self._says("no_invoice"),
        )

    def _yuan(self, fen: int) -> str:
        return self._says("yuan", {"yuan": yuan(fen)})

    def _says(self, key: str, values: dict[str, object] | None = None) -> str:
        return self.services.words.say(f"receipt_card.{key}", values or {})

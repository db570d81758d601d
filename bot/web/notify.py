"""The doors at which WeChat Pay tells what was paid and what went back.

No login and no cookie: a notice is believed for its signature. What is answered decides
whether it is told again (15 times within a day), so nothing is acknowledged that has not been
committed, or that a person must look at.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass

from flask import Blueprint, Response, jsonify, request
from prometheus_client import Counter
from werkzeug.exceptions import RequestEntityTooLarge

from bot.domain.order import NotNow
from bot.ports import BadNotice, Busy, Return, Trade
from bot.wiring import House

LARGEST = 64 * 1024
"""Bytes of a notice; a true one has about two thousand."""

STATUS = {
    "news": 204,
    "known": 204,
    "idle": 204,  # true, and of nothing we keep
    "refused": 401,
    "size": 413,
    "kind": 400,
    "foreign": 404,
    "differs": 409,
    "busy": 503,
}
"""How each outcome is answered.

``foreign``: a number that is not in the books belongs to another project of the same merchant,
or to books that were restored from yesterday; only a person can tell. ``differs``: the money is
not what was asked. Acknowledged, either would never be heard of again; refused, it comes for
a day, each time with an error in the log.
"""

log = logging.getLogger(__name__)


class OtherDoor(Exception):
    """A notice of the other kind."""


def notice_doors(house: House, counted: Counter) -> Blueprint:
    """Make the doors of one process; ``counted`` has the labels door and outcome."""
    blueprint = Blueprint("notify", __name__)
    doors = Doors(house, counted)
    blueprint.add_url_rule("/pay/notify", "paid", doors.paid, methods=["POST"])
    blueprint.add_url_rule("/pay/refund-notify", "returned", doors.returned, methods=["POST"])
    return blueprint


@dataclass(frozen=True)
class Doors:
    """The views."""

    house: House
    counted: Counter

    def paid(self) -> Response:
        """Take the notice of a payment."""
        return self._answer("payment", self._outcome(self._pay))

    def returned(self) -> Response:
        """Take the notice of a refund that has ended."""
        return self._answer("refund", self._outcome(self._give_back))

    def _pay(self, told: Trade | Return) -> bool:
        if not isinstance(told, Trade):
            raise OtherDoor
        return told.state == "paid" and self.house.orders.paid(told, self.house.clock.now())

    def _give_back(self, told: Trade | Return) -> bool:
        if not isinstance(told, Return):
            raise OtherDoor
        return self.house.orders.given_back(told, self.house.clock.now())

    def _outcome(self, write_down: Callable[[Trade | Return], bool]) -> str:
        """Believe what came and write it down; return the outcome, a key of ``STATUS``."""
        try:
            told = self._open()
        except RequestEntityTooLarge:
            return "size"
        except BadNotice as error:
            log.warning("notice of WeChat Pay refused: %s", error.reason)
            return "refused"
        if told is None:
            return "idle"
        try:
            return "news" if write_down(told) else "known"
        except OtherDoor:
            log.warning("notice of WeChat Pay at the other one's door")
            return "kind"
        except LookupError:
            log.error("WeChat Pay tells of %s, which is not in our books", told.number)
            return "foreign"
        except NotNow:
            log.error("WeChat Pay tells of %s what differs from our books", told.number)
            return "differs"
        except Busy:
            log.warning("notice of WeChat Pay not written down: the database is busy")
            return "busy"

    def _open(self) -> Trade | Return | None:
        """Raises ``BadNotice``."""
        request.max_content_length = LARGEST
        body = request.get_data(cache=False)
        if self.house.notices is None:
            raise BadNotice("nothing_sold")
        return self.house.notices.open(dict(request.headers.items()), body)

    def _answer(self, door: str, outcome: str) -> Response:
        self.counted.labels(door, outcome).inc()
        self.house.failpoint("before_acknowledge")
        status = STATUS[outcome]
        if status == 204:
            return Response(status=204)
        # the same few words for all: whoever forges notices learns nothing by trying
        answer = jsonify(code="FAIL", message="not taken")
        answer.status_code = status
        return answer

"""The worker and the clock as processes: started with a house, stopped by a signal."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from bot.export.picture import draw
from bot.handlers.operators import Operators
from bot.ports import Till
from bot.scheduler.bookkeeper import Bookkeeper
from bot.scheduler.cashier import Cashier
from bot.scheduler.clock import run_clock
from bot.scheduler.listening import Listener
from bot.scheduler.looking import Looker
from bot.scheduler.receipting import Receipter
from bot.scheduler.sender import Sender
from bot.scheduler.texting import Texter
from bot.scheduler.worker import Crew, run_worker
from bot.scheduler.workshop import Hand, Workshop
from bot.wiring import House

TICK_S = {"production": 30.0, "demo": 0.2, "test": 0.2}


def make_sender(house: House) -> Sender:
    """Join what sending needs."""
    settings = house.settings
    notice = house.library.notices["expiry"]["fields"]
    return Sender(
        services=house.services,
        courier=house.courier,
        notice_fields=notice,
        consent_template=settings.wechat_consent_template,
        expiry_template=settings.wechat_expiry_template,
        weekly_cap=settings.weekly_cap,
        page_url=settings.public_base_url,
        failpoint=house.failpoint,
    )


def make_workshop(house: House) -> Workshop:
    """Join a hand for each kind of job; none for what the operator has chosen no service for."""
    services = house.services
    hands: dict[str, Hand] = {
        "read": Looker(services, house.fetch_photo, house.reader, house.second_reader),
        "receipt": Receipter(services, house.orders, draw, house.upload_picture),
    }
    if services.listens:
        hands["listen"] = Listener(services, house.fetch_sound, house.recogniser)
    if house.sms:
        hands["code"] = Texter(services, house.sms, house.settings.tencent_sms_code_template)
    return Workshop(services, hands)


def make_crew(house: House, till: Till | None) -> Crew:
    """Join who works beside the sender; nobody asks WeChat Pay where nothing is sold."""
    workshop, clock = make_workshop(house), house.clock
    if till is None:
        return Crew(workshop)
    operators = Operators(house.conversations, house.library.words, house.settings.operator_openids)
    bookkeeper = Bookkeeper(house.reconciliations, till, clock, operators)
    return Crew(workshop, Cashier(house.orders, house.errands, till, clock, operators), bookkeeper)


def worker_process(house: House) -> None:
    """Run a worker until SIGTERM or SIGINT."""
    crew = make_crew(house, house.till)
    run_worker(make_sender(house), house.settings.redis_url, _stopped(), crew)


def clock_process(house: House) -> None:
    """Run a clock until SIGTERM or SIGINT."""
    every_s = TICK_S[house.settings.weldmate_env]
    run_clock(house.services, every_s, _stopped(), house.orders)


def _stopped() -> threading.Event:
    stop = threading.Event()

    def on_signal(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    return stop

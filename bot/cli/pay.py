"""Money, for whoever answers for it: orders, refunds, days compared, invoices."""

from __future__ import annotations

import getpass
import logging
import re
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, timedelta

import click

from bot.cli import money
from bot.cli.house import ready_house
from bot.domain.order import REFUND_REASONS, STATES, NotNow, RefundReason, State, books
from bot.domain.reminders import SHANGHAI
from bot.domain.statement import KEPT_DAYS, ready_at
from bot.ports import Order, OrderDesk, PayFailed, Reconciled
from bot.scheduler.bookkeeper import reconcile
from bot.wiring import House

ORDER = click.IntRange(1, 2**63 - 1)

REASONS = tuple(reason for reason in REFUND_REASONS if reason not in {"late", "twice"})
"""What a person may give as a reason; the others are rules."""

NOBODY = frozenset({"rule", "wechat", "system", "operator", "welder"})
"""Names in histories that are no person's."""

ADVICE = {
    "again": "try again in a few minutes",
    "refused": "it will not give it",
    "alert": "look at the merchant's account and its keys with `weldmate doctor`",
}

log = logging.getLogger(__name__)

as_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")


class NoStatement(click.ClickException):
    """The statement of a day cannot be had."""

    exit_code = 2


def _day(_context: click.Context, _parameter: click.Parameter, value: str) -> date:
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            return date.fromisoformat(value)
    except ValueError:  # the 31st of November
        pass
    raise click.BadParameter(f"{value!r} is no day: write it like 2026-11-24.")


def _name(_context: click.Context, _parameter: click.Parameter, value: str) -> str:
    """Read who answers for it; capitals and spaces make nobody another."""
    name = " ".join(unicodedata.normalize("NFKC", value).split()).casefold()
    if not 0 < len(name) <= 40 or not name.isprintable():
        raise click.BadParameter("write your own name, up to 40 signs.")
    if name in NOBODY:
        raise click.BadParameter(f"{name!r} is nobody's name: write your own.")
    return name


@click.group()
def pay() -> None:
    """Orders, and their money."""


@pay.command("orders")
@click.option("--state", type=click.Choice(STATES), help="Of this state alone.")
@as_json
def pay_orders(state: State | None, as_json: bool) -> None:
    """List orders, the oldest first."""
    for order in ready_house().orders.list(state):
        click.echo(money.as_json(money.order_row(order)) if as_json else money.order_line(order))


@pay.command("show")
@click.argument("name", metavar="ID")
@as_json
def pay_show(name: str, as_json: bool) -> None:
    """Show an order by its ID, or by the number of a payment or refund of it."""
    order = _find(ready_house().orders, name)
    if as_json:
        click.echo(money.as_json(money.whole_order(order)))
        return
    for line in money.order_lines(order):
        click.echo(line)


def _find(desk: OrderDesk, name: str) -> Order:
    if re.fullmatch(r"[1-9][0-9]{0,17}", name):
        found = desk.find(int(name))
    elif re.fullmatch(r"[0-9A-Z]{32}", name):
        found = next((order for order in desk.list() if name in _numbers(order)), None)
    else:
        raise click.BadParameter("write an order's ID, or a number of 32 signs.")
    if found is None:
        raise click.ClickException(f"there is no order {name}")
    return found


def _numbers(order: Order) -> set[str]:
    return {one.number for one in order.payments} | {one.number for one in order.refunds}


@pay.command("refund")
@click.argument("order_id", metavar="ORDER", type=ORDER)
@click.option("--fen", type=click.IntRange(1), help="So much goes back, in fen.")
@click.option("--all", "whole", is_flag=True, help="All that is left of it goes back.")
@click.option("--reason", type=click.Choice(REASONS), required=True)
@click.option("--by", callback=_name, required=True, help="Who asks for it.")
@as_json
def pay_refund(
    order_id: int, fen: int | None, whole: bool, reason: RefundReason, by: str, as_json: bool
) -> None:
    """Give money back; above REFUND_ALONE_FEN a second person must agree."""
    if whole == (fen is not None):
        raise click.UsageError("Write either --fen or --all.")
    house = ready_house()
    with _refusals(f"there is no order {order_id}"):
        if fen is None:
            fen = _free(_find(house.orders, str(order_id)))
        refund = house.orders.ask_refund(order_id, fen, reason, by, house.clock.now())
    log.info("order %d: a refund was asked for by %s", order_id, getpass.getuser())
    if as_json:
        click.echo(money.as_json(money.refund_row(refund)))
        return
    click.echo(money.refund_line(refund))
    if refund.state == "asked":
        click.echo(f"a second person must agree: weldmate pay agree {refund.number} --by NAME")


def _free(order: Order) -> int:
    """Return what is left of the payment that goes back next. Raises ``NotNow``."""
    for payment in order.payments:
        refunds = [one for one in order.refunds if one.payment == payment.number]
        if (free := books((payment,), refunds).free) > 0:
            return free
    raise NotNow("there is nothing to give back")


@pay.command("agree")
@click.argument("number")
@click.option("--by", callback=_name, required=True, help="Who agrees: not who asked.")
@click.option("--no", is_flag=True, help="Do not agree: the money stays.")
def pay_agree(number: str, by: str, no: bool) -> None:
    """Agree to a refund somebody else has asked for."""
    house = ready_house()
    with _refusals(f"there is no refund {number!r}"):
        house.orders.agree(number, by, house.clock.now(), yes=not no)
    log.info("refund %s: answered by %s", number, getpass.getuser())
    click.echo("declined" if no else "agreed")


@pay.command("reconcile")
@click.argument("day", callback=_day)
@as_json
def pay_reconcile(day: date, as_json: bool) -> None:
    """Compare a day with WeChat's statement now; exit with 1 where they differ."""
    house = ready_house()
    now = house.clock.now()
    result = _compared(house, day, now)
    house.reconciliations.keep(result, now)
    if as_json:
        click.echo(money.as_json(money.day_row(result)))
    else:
        click.echo(money.day_line(result))
        _show_differences(house, result)
    sys.exit(1 if result.differences else 0)


def _compared(house: House, day: date, now: datetime) -> Reconciled:
    today = now.astimezone(SHANGHAI).date()
    if day >= today:
        raise NoStatement(f"{day} is not over in Shanghai.")
    if day < today - timedelta(days=KEPT_DAYS):
        raise NoStatement(f"{day} is too long ago: WeChat keeps statements for three months.")
    if now < ready_at(day):
        ready = ready_at(day).strftime("%F %H:%M")
        raise NoStatement(f"The statement of {day} is ready from {ready} in Shanghai.")
    if house.till is None:
        raise NoStatement("WeChat Pay is not set up here: WECHATPAY_MCH_ID is empty.")
    try:
        return reconcile(house.reconciliations, house.till, day, now)
    except PayFailed as error:
        advice = ADVICE[error.nature]
        raise NoStatement(
            f"WeChat Pay gives no statement of {day} ({error.code}): {advice}."
        ) from None


def _show_differences(house: House, result: Reconciled) -> None:
    if not result.differences:
        return
    whose = {number: order.id for order in house.orders.list() for number in _numbers(order)}
    for one in result.differences:
        click.echo(money.difference_line(one, whose.get(one.number)))


@pay.command("days")
@as_json
def pay_days(as_json: bool) -> None:
    """List what became of each day's comparison, the latest first."""
    for result in ready_house().reconciliations.days():
        click.echo(money.as_json(money.day_row(result)) if as_json else money.day_line(result))


@pay.command("invoices")
@click.option("--all", "every", is_flag=True, help="Also those that were issued.")
@as_json
def pay_invoices(every: bool, as_json: bool) -> None:
    """List who waits for an invoice; who looked is written to the log."""
    house = ready_house()
    log.warning("invoices were shown to %s", getpass.getuser())
    for order in house.orders.list():
        if order.invoice and (every or not order.invoice.issued_at):
            row = money.as_json(money.invoice_row(order)) if as_json else money.invoice_line(order)
            click.echo(row)


@pay.command("issued")
@click.argument("order_id", metavar="ORDER", type=ORDER)
def pay_issued(order_id: int) -> None:
    """Write down that an order's invoice was issued, and tell."""
    house = ready_house()
    with _refusals(f"there is no order {order_id}"):
        house.orders.issued(order_id, house.clock.now())
    click.echo("issued")


@contextmanager
def _refusals(absent: str) -> Iterator[None]:
    """Say in a sentence why something cannot be done."""
    try:
        yield
    except LookupError:
        raise click.ClickException(absent) from None
    except NotNow as error:
        raise click.ClickException(str(error)) from None


PAY = (pay,)

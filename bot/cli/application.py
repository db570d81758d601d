"""The desk for renewals, until the console exists."""

from __future__ import annotations

import getpass
import json
import logging
from collections.abc import Iterator
from datetime import timedelta

import click

from bot.cli.export import application_export
from bot.cli.house import ready_house
from bot.domain.application import REASONS, STATES, Deed, NotNow, Reason, State
from bot.domain.form import masked_form
from bot.domain.reminders import SHANGHAI
from bot.ports import Application, Listed

ID = click.IntRange(1, 2**63 - 1)

log = logging.getLogger(__name__)


@click.group()
def application() -> None:
    """Renewals that welders have handed in."""


@application.command("list")
@click.option("--state", type=click.Choice(STATES), help="Of this state; otherwise all open ones.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def application_list(state: State | None, as_json: bool) -> None:
    """List who waits, the longest untouched first."""
    house = ready_house()
    now = house.clock.now()
    for one in house.applications.list(now, state):
        click.echo(_as_json(one) if as_json else _as_line(one, now - one.since))


def _as_json(one: Listed) -> str:
    row = {
        "id": one.id,
        "state": one.state,
        "since": one.since.isoformat(),
        "name": one.name,
        "missing": one.missing,
        "doubts": one.doubts,
        "disputed": one.disputed,
    }
    return json.dumps(row, ensure_ascii=False)


def _as_line(one: Listed, waits: timedelta) -> str:
    hours = waits // timedelta(hours=1)
    remarks = [
        f"missing {','.join(one.missing)}" if one.missing else "",
        f"doubts {','.join(one.doubts)}" if one.doubts else "",
        "disputed" if one.disputed else "",
    ]
    waited = f"{hours // 24}d{hours % 24}h"
    return "\t".join([str(one.id), one.state, waited, one.name or "-", *filter(None, remarks)])


@application.command("show")
@click.argument("application_id", type=ID)
@click.option("--reveal", is_flag=True, help="Unmasked; who asked is written to the log.")
def application_show(application_id: int, reveal: bool) -> None:
    """Show one: its form, its photos, its history."""
    house = ready_house()
    try:
        found = house.applications.show(application_id)
    except LookupError:
        raise _no_such(application_id) from None
    if reveal:
        log.warning("application %d was shown unmasked to %s", application_id, getpass.getuser())
    for line in _lines(found, reveal=reveal):
        click.echo(line)


def _lines(found: Application, *, reveal: bool) -> Iterator[str]:
    marks = ["disputed"] if found.disputed else []
    marks += ["shredded"] if found.shredded else []
    marks += [f"real name: {found.real_name}"] if found.real_name else []
    yield "\t".join([str(found.id), found.state, *marks])
    form = found.form if reveal else masked_form(found.form)
    for name, value in form.to_row().items():
        yield f"{name}\t{value}"
    for photo in found.photos:
        problems = photo.reading.problems if photo.reading else ()
        yield "\t".join([f"photo {photo.id}", photo.document, photo.state, *problems])
    for line in found.history:
        at = line.at.astimezone(SHANGHAI).strftime("%F %H:%M")
        note = [line.note] if line.note and reveal else []
        yield "\t".join([at, line.deed, line.by, *line.reasons, *note])


def _deed(name: str, deed: Deed, about: str) -> click.Command:
    @application.command(name, help=about)
    @click.argument("application_id", type=ID)
    @click.option("--note", default="", help="A sentence that its welder is told.")
    def command(application_id: int, note: str) -> None:
        _do(application_id, deed, (), note)

    return command


_deed("accept", "accept", "Find the papers in order.")
_deed("review", "review", "Find everything there: it can be filed.")
_deed("file", "file", "Write down that it was filed on the official platform.")
_deed("renew", "renew", "Write down that the new certificate is there.")
_deed("refuse", "refuse", "Write down that the authority has refused.")
_deed("withdraw", "withdraw", "Stop it.")
_deed("waive", "waive", "Let him study without paying.")
_deed("pass", "pass", "Write down that he has passed the exam elsewhere.")


@application.command("return")
@click.argument("application_id", type=ID)
@click.option("--reason", "reasons", type=click.Choice(REASONS), multiple=True, required=True)
@click.option("--note", default="", help="A sentence that its welder is told.")
def application_return(application_id: int, reasons: tuple[Reason, ...], note: str) -> None:
    """Send it back to be mended."""
    _do(application_id, "return", reasons, note)


@application.command("forget")
@click.argument("application_id", type=ID)
@click.confirmation_option(prompt="Everything its welder has told us will be destroyed. Go on?")
def application_forget(application_id: int) -> None:
    """Destroy all that is kept of its welder, at his wish (PIPL 47)."""
    house = ready_house()
    try:
        house.applications.forget(application_id, house.clock.now())
    except LookupError:
        raise _no_such(application_id) from None
    log.info("application %d: its welder was forgotten by %s", application_id, getpass.getuser())
    click.echo("forgotten")


def _do(application_id: int, deed: Deed, reasons: tuple[Reason, ...], note: str) -> None:
    house = ready_house()
    try:
        state = house.applications.do(application_id, deed, house.clock.now(), reasons, note)
    except LookupError:
        raise _no_such(application_id) from None
    except NotNow as error:
        raise click.ClickException(str(error)) from None
    log.info("application %d: %s by %s", application_id, deed, getpass.getuser())
    click.echo(state)


def _no_such(application_id: int) -> click.ClickException:
    return click.ClickException(f"there is no open application {application_id}")


application.add_command(application_export)

APPLICATION = (application,)

"""Commands of whoever runs the account."""

from __future__ import annotations

import sys

import click

from bot.cli.house import bring_up_to_date, make_house, ready_house
from bot.domain.reminders import SHANGHAI

REQUEST = click.IntRange(1, 2**63 - 1)


@click.command()
def doctor() -> None:
    """Look at everything that could be wrong, before a welder does."""
    from bot.doctor import examine

    problems = list(examine(make_house()))
    for problem in problems:
        click.echo(f"✗ {problem}")
    click.echo("ok" if not problems else f"{len(problems)} to mend")
    sys.exit(1 if problems else 0)


@click.command()
@click.argument("openid")
def reach(openid: str) -> None:
    """Explain what this person will get next, by which way, and why not the rest."""
    from bot.reach_report import report

    for line in report(ready_house(), openid):
        click.echo(line)


@click.group()
def menu() -> None:
    """The account's menu."""


@menu.command("push")
def menu_push() -> None:
    """Publish content/menu.yaml."""
    from bot.wechat.menu import push

    house = ready_house()
    push(house.api, house.library.menu)
    click.echo("ok")


@click.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this release's schema."""
    bring_up_to_date(make_house().settings)
    click.echo("ok")


@click.group()
def human() -> None:
    """People who asked for a person."""


@human.command("list")
def human_list() -> None:
    """List who waits, the longest first."""
    for request in ready_house().services.humans.list():
        opened = request.opened_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")
        click.echo(f"{request.id}\t{opened}\t{request.reason}\t{request.words}")


@human.command("reply")
@click.argument("request_id", type=REQUEST)
@click.argument("words")
def human_reply(request_id: int, words: str) -> None:
    """Answer one of them."""
    house = ready_house()
    _done(house.services.humans.reply(request_id, words, house.clock.now()), request_id)


@human.command("close")
@click.argument("request_id", type=REQUEST)
def human_close(request_id: int) -> None:
    """Close a request without an answer."""
    _done(ready_house().services.humans.close(request_id), request_id)


def _done(good: bool, request_id: int) -> None:
    click.echo("ok" if good else f"there is no open request {request_id}")
    sys.exit(0 if good else 1)


OPERATOR = (doctor, reach, menu, db, human)

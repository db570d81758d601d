"""The command ``weldmate``: every door of the house by name."""

from __future__ import annotations

import logging
import os
import sys
from datetime import date, datetime
from pathlib import Path
from types import ModuleType

import click

from bot.config import BadSetting, Settings, read_settings
from bot.domain.reminders import SHANGHAI
from bot.library import BadContent, content_folder
from bot.logs import set_up_logs
from bot.wiring import House


def main() -> None:
    """Run the command; what a person can mend is one sentence, never a traceback."""
    try:
        weldmate(standalone_mode=False)
    except (BadSetting, BadContent) as error:
        sys.exit(f"weldmate: {error}")
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)


@click.group()
def weldmate() -> None:
    """Weldmate: the WeChat assistant for welders' certificates."""
    set_up_logs(logging.INFO)


def _settings() -> Settings:
    return read_settings(os.environ)


def _house() -> House:
    return House(_settings())


def _content() -> Path:
    chosen = os.environ.get("CONTENT_DIR")
    return content_folder(Path(chosen) if chosen else None)


@weldmate.command()
def serve() -> None:
    """Answer WeChat's callbacks."""
    from bot.web.serve import serve as run

    house = _house()
    _prepare(house)
    run(house)


def _prepare(house: House) -> None:
    """Stop before the first request if anything is missing; bring the schema up to date."""
    from sqlalchemy.exc import SQLAlchemyError

    from bot.store.schema import upgrade

    _ = house.script, house.cipher
    try:
        upgrade(house.settings.database_url)
    except (OSError, SQLAlchemyError) as error:
        kind = type(error).__name__
        raise BadSetting(f"DATABASE_URL: the database cannot be used ({kind}).") from None


@weldmate.command()
def worker() -> None:
    """Send what is due."""
    from bot.scheduler.run import worker_process

    house = _house()
    _prepare(house)
    worker_process(house)


@weldmate.command()
def clock() -> None:
    """Tick: owe what is owed."""
    from bot.scheduler.run import clock_process

    house = _house()
    _prepare(house)
    clock_process(house)


@weldmate.command()
def up() -> None:
    """Run web, worker and clock under one parent."""
    from bot.parent import Parent

    _prepare(_house())
    parent = Parent()
    for name in ("serve", "worker", "clock"):
        parent.add(name, "bot", name)
    parent.run()


@weldmate.command()
@click.option("--reset", is_flag=True, help="Begin afresh.")
@click.option("--port", default=8080, help="Port of the bot.")
@click.option("--sandbox-port", default=8090, help="Port of the phone page.")
def demo(reset: bool, port: int, sandbox_port: int) -> None:
    """Run the bot with the sandbox; the address printed is a phone."""
    from bot.demo import run_demo

    run_demo(reset, port, sandbox_port)


@weldmate.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("--sandbox", help="Address of a running one; without it each file gets a fresh one.")
def play(files: tuple[str, ...], sandbox: str | None) -> None:
    """Play transcripts over HTTP, against a running sandbox or a fresh one each."""
    from bot.play import play_files

    sys.exit(play_files([Path(name) for name in files], sandbox, _content()))


@weldmate.command()
def chat() -> None:
    """Talk to the bot in this terminal, without WeChat."""
    from bot.chat import run_chat

    run_chat(_content())


@weldmate.command()
def doctor() -> None:
    """Look at everything that could be wrong, before a welder does."""
    from bot.doctor import examine

    problems = list(examine(_house()))
    for problem in problems:
        click.echo(f"✗ {problem}")
    click.echo("ok" if not problems else f"{len(problems)} to mend")
    sys.exit(1 if problems else 0)


@weldmate.group()
def content() -> None:
    """What editors own."""


@content.command("check")
def content_check() -> None:
    """Prove content/ complete."""
    from bot.proof import content_problems

    problems = content_problems(_content())
    for problem in problems:
        click.echo(problem)
    click.echo("ok" if not problems else f"{len(problems)} problems")
    sys.exit(1 if problems else 0)


@content.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def content_export(file: Path) -> None:
    """Write content for an editor's own tool: FILE.xlsx for Excel, FILE.gift for Moodle."""
    _exchange(file).export(_content(), file)
    click.echo("ok")


@content.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def content_import(file: Path) -> None:
    """Put what an editor changed back into content/; then run `make content`."""
    from bot.library.exchange.blocks import BadImport

    try:
        touched = _exchange(file).take_back(_content(), file)
    except BadImport as error:
        raise click.ClickException(str(error)) from None
    for name in touched:
        click.echo(name)
    click.echo(f"{len(touched)} changed")


def _exchange(file: Path) -> ModuleType:
    from bot.library.exchange import gift, sheet

    tools = {".xlsx": sheet, ".gift": gift}
    if file.suffix not in tools:
        raise click.ClickException(f"{file.name}: write a name that ends in .xlsx or .gift")
    return tools[file.suffix]


@content.command("lock")
def content_lock() -> None:
    """Promise every new id for ever, in ids.lock."""
    from bot.library import load
    from bot.library.checks.ids import lock

    click.echo(f"{lock(_content(), load(_content()))} new")


@content.command("draw")
def content_draw() -> None:
    """Draw the cards of cards.yaml; needs the system's Chromium."""
    from bot.drawing import draw, find_browser
    from bot.library import load

    browser = find_browser()
    if browser is None:
        raise click.ClickException("Chromium is not installed: apt-get install chromium")
    for name in draw(_content(), load(_content()).cards, browser):
        click.echo(name)


@content.command("fingerprint")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def content_fingerprint(file: Path) -> None:
    """Add somebody else's text, which ours must not repeat, to others.txt."""
    from bot.library.checks.style import fingerprint

    target = _content() / "others.txt"
    known = target.read_text(encoding="utf-8").splitlines()
    new = sorted(set(fingerprint(file.read_text(encoding="utf-8"))) - set(known))
    target.write_text("\n".join([*known, *new]) + "\n", encoding="utf-8")
    click.echo(f"{len(new)} new")


@weldmate.group()
def faq() -> None:
    """Frequent questions: asked, learnt, counted."""


@faq.command("ask")
@click.option("--jsonl", is_flag=True, required=True, help="One JSON object a line.")
def faq_ask(jsonl: bool) -> None:
    """Tell what texts from standard input ask."""
    from bot.faq_jsonl import run
    from bot.library import load
    from bot.wiring import make_ear

    for line in run(sys.stdin, make_ear(_content(), load(_content()))):
        click.echo(line)


@faq.command("learn")
def faq_learn() -> None:
    """Learn anew from content/faq/phrasings; takes a minute."""
    from bot.faq_desk import learn_anew

    click.echo(learn_anew(_content()))


@faq.command("misses")
@click.option("--most", default=40, help="How many groups.")
def faq_misses(most: int) -> None:
    """List questions nobody could answer, like with like, the commonest first."""
    from bot.faq_desk import misses

    for line in misses(_house(), most):
        click.echo(line)


@faq.command("ratings")
def faq_ratings() -> None:
    """List whom each answer helped, the least helpful first."""
    from bot.faq_desk import ratings

    for line in ratings(_house()):
        click.echo(line)


@weldmate.group()
def flows() -> None:
    """The talks."""


@flows.command("draw")
@click.option("--check", is_flag=True, help="Fail when a drawing or flows.lock is stale.")
def flows_draw(check: bool) -> None:
    """Draw every flow into docs/flows/ and keep flows.lock."""
    from bot.proof import draw_flows

    problems = draw_flows(Path.cwd(), check=check)
    for problem in problems:
        click.echo(problem)
    sys.exit(1 if problems else 0)


@weldmate.command()
@click.argument("openid")
def reach(openid: str) -> None:
    """Explain what this person will get next, by which way, and why not the rest."""
    from bot.reach_report import report

    for line in report(_house(), openid):
        click.echo(line)


@weldmate.group()
def menu() -> None:
    """The account's menu."""


@menu.command("push")
def menu_push() -> None:
    """Publish content/menu.yaml."""
    from bot.wechat.menu import push

    house = _house()
    push(house.api, house.library.menu)
    click.echo("ok")


@weldmate.group()
def db() -> None:
    """The database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to this release's schema."""
    from bot.store.schema import upgrade

    upgrade(_settings().database_url)
    click.echo("ok")


@weldmate.group()
def human() -> None:
    """People who asked for a person."""


@human.command("list")
def human_list() -> None:
    """List who waits, the longest first."""
    for request in _house().services.humans.list():
        opened = request.opened_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")
        click.echo(f"{request.id}\t{opened}\t{request.reason}\t{request.words}")


@human.command("reply")
@click.argument("request_id", type=int)
@click.argument("words")
def human_reply(request_id: int, words: str) -> None:
    """Answer one of them."""
    house = _house()
    _done(house.services.humans.reply(request_id, words, house.clock.now()), request_id)


@human.command("close")
@click.argument("request_id", type=int)
def human_close(request_id: int) -> None:
    """Close a request without an answer."""
    _done(_house().services.humans.close(request_id), request_id)


def _done(good: bool, request_id: int) -> None:
    click.echo("ok" if good else f"there is no open request {request_id}")
    sys.exit(0 if good else 1)


@weldmate.command()
@click.option("--jsonl", is_flag=True, required=True, help="One JSON object a line.")
@click.option("--rulebook", "name", default="mohurd-2008", help="Which rulebook applies.")
def eligibility(jsonl: bool, name: str) -> None:
    """Judge cases from standard input by the rules of the talk."""
    from bot.dialogs.lexicon import ContentLexicon
    from bot.eligibility_jsonl import run
    from bot.library import load

    library = load(_content())
    if name not in library.rulebooks:
        raise BadSetting(f"there is no rulebook {name!r}: {', '.join(sorted(library.rulebooks))}.")
    lexicon = ContentLexicon(library.vocabulary)
    today: date = datetime.now(SHANGHAI).date()
    for line in run(sys.stdin, library.rulebooks[name], lexicon, today):
        click.echo(line)

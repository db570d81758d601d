"""Commands that need no account: content, flows, transcripts, the rules for other programs."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path
from types import ModuleType

import click

from bot.cli.house import content as content_folder
from bot.config import BadSetting
from bot.domain.reminders import SHANGHAI


@click.group()
def content() -> None:
    """What editors own."""


@content.command("check")
@click.option("--json", "as_json", is_flag=True, help="Problems, and counts by kind.")
def content_check(as_json: bool) -> None:
    """Prove content/ complete."""
    from bot.content_report import counts
    from bot.library import load
    from bot.proof import content_problems

    problems = content_problems(content_folder())
    if as_json:
        today = datetime.now(SHANGHAI).date()
        held = {} if problems else counts(load(content_folder()), today)
        row = {"problems": problems, "counts": held}
        click.echo(json.dumps(row, ensure_ascii=False, indent=1))
        sys.exit(1 if problems else 0)
    _told(problems)
    click.echo("ok" if not problems else f"{len(problems)} problems")
    sys.exit(1 if problems else 0)


@content.command("report")
@click.option("--check", is_flag=True, help="Fail when docs/content.md is stale.")
def content_report(check: bool) -> None:
    """Write docs/content.md: what there is, and how sure we are of it."""
    from bot.content_report import page
    from bot.library import load

    target = Path.cwd() / "docs" / "content.md"
    text = page(load(content_folder()), datetime.now(SHANGHAI).date())
    if not check:
        target.write_text(text, encoding="utf-8")
    elif not target.exists() or target.read_text(encoding="utf-8") != text:
        raise click.ClickException("docs/content.md is stale: run `weldmate content report`")


@content.command("export")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def content_export(file: Path) -> None:
    """Write content for an editor's own tool: FILE.xlsx for Excel, FILE.gift for Moodle."""
    _exchange(file).export(content_folder(), file)
    click.echo("ok")


@content.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def content_import(file: Path) -> None:
    """Put what an editor changed back into content/; then run `make content`."""
    from bot.library.exchange.blocks import BadImport

    try:
        touched = _exchange(file).take_back(content_folder(), file)
    except BadImport as error:
        raise click.ClickException(str(error)) from None
    _told(touched)
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

    click.echo(f"{lock(content_folder(), load(content_folder()))} new")


@content.command("draw")
def content_draw() -> None:
    """Draw the cards of cards.yaml; needs the system's Chromium."""
    from bot.drawing import draw, find_browser
    from bot.library import load

    browser = find_browser()
    if browser is None:
        raise click.ClickException("Chromium is not installed: apt-get install chromium")
    _told(draw(content_folder(), load(content_folder()).cards, browser))


@content.command("fingerprint")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def content_fingerprint(file: Path) -> None:
    """Add somebody else's text, which ours must not repeat, to others.txt."""
    from bot.library.checks.style import fingerprint

    target = content_folder() / "others.txt"
    known = target.read_text(encoding="utf-8").splitlines()
    new = sorted(set(fingerprint(file.read_text(encoding="utf-8"))) - set(known))
    target.write_text("\n".join([*known, *new]) + "\n", encoding="utf-8")
    click.echo(f"{len(new)} new")


@click.group()
def flows() -> None:
    """The talks."""


@flows.command("draw")
@click.option("--check", is_flag=True, help="Fail when a drawing or flows.lock is stale.")
def flows_draw(check: bool) -> None:
    """Draw every flow into docs/flows/ and keep flows.lock."""
    from bot.proof import draw_flows

    problems = draw_flows(Path.cwd(), check=check)
    _told(problems)
    sys.exit(1 if problems else 0)


def _told(problems: Iterable[str]) -> None:
    for problem in problems:
        click.echo(problem)


@click.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True))
@click.option("--sandbox", help="Address of a running one; without it each file gets a fresh one.")
def play(files: tuple[str, ...], sandbox: str | None) -> None:
    """Play transcripts over HTTP, against a running sandbox or a fresh one each."""
    from bot.play import play_files

    sys.exit(play_files([Path(name) for name in files], sandbox, content_folder()))


@click.command()
@click.option("--jsonl", is_flag=True, required=True, help="One JSON object a line.")
@click.option("--rulebook", "name", default="mohurd-2008", help="Which rulebook applies.")
def eligibility(jsonl: bool, name: str) -> None:
    """Judge cases from standard input by the rules of the talk."""
    from bot.dialogs.lexicon import ContentLexicon
    from bot.eligibility_jsonl import run, speak_utf8
    from bot.library import load

    library = load(content_folder())
    if name not in library.rulebooks:
        raise BadSetting(f"there is no rulebook {name!r}: {', '.join(sorted(library.rulebooks))}.")
    lexicon = ContentLexicon(library.vocabulary)
    today: date = datetime.now(SHANGHAI).date()
    speak_utf8(sys.stdin, sys.stdout)
    for line in run(sys.stdin, library.rulebooks[name], lexicon, today):
        click.echo(line)


EDITOR = (content, flows, play, eligibility)

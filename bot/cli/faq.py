"""Frequent questions: asked, learnt, counted."""

from __future__ import annotations

import sys

import click

from bot.cli.house import content as content_folder
from bot.cli.house import ready_house


@click.group()
def faq() -> None:
    """Frequent questions: asked, learnt, counted."""


@faq.command("ask")
@click.option("--jsonl", is_flag=True, required=True, help="One JSON object a line.")
def faq_ask(jsonl: bool) -> None:
    """Tell what texts from standard input ask."""
    from bot.faq_jsonl import run
    from bot.library import load
    from bot.wiring import make_ear

    for line in run(sys.stdin, make_ear(content_folder(), load(content_folder()))):
        click.echo(line)


@faq.command("learn")
def faq_learn() -> None:
    """Learn anew from content/faq/phrasings; takes a minute."""
    from bot.faq_desk import learn_anew

    click.echo(learn_anew(content_folder()))


@faq.command("misses")
@click.option("--most", default=40, help="How many groups.")
def faq_misses(most: int) -> None:
    """List questions nobody could answer, like with like, the commonest first."""
    from bot.faq_desk import misses

    for line in misses(ready_house(), most):
        click.echo(line)


@faq.command("ratings")
def faq_ratings() -> None:
    """List whom each answer helped, the least helpful first."""
    from bot.faq_desk import ratings

    for line in ratings(ready_house()):
        click.echo(line)


FAQ = (faq,)

"""Commands that run until they are stopped."""

from __future__ import annotations

import click

from bot.cli.house import content, prepared_house

PORT = click.IntRange(1, 65535)


@click.command()
def serve() -> None:
    """Answer WeChat's callbacks."""
    from bot.web.serve import serve as run

    run(prepared_house())


@click.command()
def worker() -> None:
    """Send what is due."""
    from bot.scheduler.run import worker_process

    worker_process(prepared_house())


@click.command()
def clock() -> None:
    """Tick: owe what is owed."""
    from bot.scheduler.run import clock_process

    clock_process(prepared_house())


@click.command()
def up() -> None:
    """Run web, worker and clock under one parent."""
    from bot.parent import Parent

    prepared_house().close()
    parent = Parent()
    for name in ("serve", "worker", "clock"):
        parent.add(name, "bot", name)
    parent.run()


@click.command()
@click.option("--reset", is_flag=True, help="Begin afresh.")
@click.option("--port", default=8080, type=PORT, help="Port of the bot.")
@click.option("--sandbox-port", default=8090, type=PORT, help="Port of the phone page.")
def demo(reset: bool, port: int, sandbox_port: int) -> None:
    """Run the bot with the sandbox; the address printed is a phone."""
    from bot.demo import run_demo

    run_demo(reset, port, sandbox_port)


@click.command()
def chat() -> None:
    """Talk to the bot in this terminal, without WeChat."""
    from bot.chat import run_chat

    run_chat(content())


PROCESSES = (serve, worker, clock, up, demo, chat)

"""The command ``weldmate``: every door of the house by name."""

from __future__ import annotations

import logging
import sys
from io import TextIOWrapper

import click

from bot.cli.application import APPLICATION
from bot.cli.editor import EDITOR
from bot.cli.faq import FAQ
from bot.cli.keys import KEYS
from bot.cli.operator import OPERATOR
from bot.cli.pay import PAY
from bot.cli.photos import PHOTOS
from bot.cli.processes import PROCESSES
from bot.failures import sentence
from bot.logs import set_up_logs


def main() -> None:
    """Run the command; what a person can mend is one sentence, never a traceback."""
    _take_any_terminal()
    try:
        weldmate(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except Exception as error:
        if (told := sentence(error)) is None:
            raise
        sys.exit(f"weldmate: {told}")


def _take_any_terminal() -> None:
    """Write what a terminal cannot show as escapes, and read what is no UTF-8 as far as it is.

    An export from Windows begins with a byte order mark, which is dropped.
    """
    for output in (sys.stdout, sys.stderr):
        if isinstance(output, TextIOWrapper):
            output.reconfigure(errors="backslashreplace")
    if isinstance(sys.stdin, TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8-sig", errors="replace")


@click.group()
def weldmate() -> None:
    """Weldmate: the WeChat assistant for welders' certificates."""
    set_up_logs(logging.INFO)


COMMANDS = (
    *PROCESSES, *OPERATOR, *APPLICATION, *PAY, *KEYS, *EDITOR, *FAQ, *PHOTOS,
)  # fmt: skip
for command in COMMANDS:
    weldmate.add_command(command)

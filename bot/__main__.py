"""``python -m bot`` is ``weldmate``."""

from bot.cli import main

main()

"""The one font of our forms; it holds the rare signs that names are written with."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from bot.config import BadSetting

FONT = "NotoSansSC"

_PACKAGE, _FILE = "zhplot", "fonts/NotoSansSC-Regular.ttf"


def register() -> str:
    """Make the font known to reportlab; return its name. Raises ``BadSetting``."""
    # here, because who draws pictures needs the file alone
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFont

    if FONT not in pdfmetrics.getRegisteredFontNames():
        pdfmetrics.registerFont(TTFont(FONT, str(font_file())))
    return FONT


def font_file() -> Path:
    """Return the TrueType file. Raises ``BadSetting``.

    It lies in a package whose code draws charts: the file is found without importing it.
    """
    spec = find_spec(_PACKAGE)
    for folder in (spec and spec.submodule_search_locations) or ():
        if (path := Path(folder, _FILE)).is_file():
            return path
    raise BadSetting("The forms' font is not there: pip install --no-deps -r requirements/font.txt")

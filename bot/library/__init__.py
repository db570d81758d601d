"""content/ loaded, validated, immutable in memory. The only room that reads YAML."""

from bot.library.checks import check
from bot.library.load import BadContent, Library, content_folder, load

__all__ = ["BadContent", "Library", "check", "content_folder", "load"]

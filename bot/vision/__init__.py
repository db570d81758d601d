"""Photos of papers read in a process of their own: hostile files and native code stay in it.

``process`` is the side that asks and needs nothing but Python; all else runs in the child
(``python -m bot.vision``) and needs ``weldmate[photos]``.
"""

from bot.vision.process import MOST_BYTES, PhotoReader

__all__ = ["MOST_BYTES", "PhotoReader"]
"""Nothing else of this room may be imported by others."""

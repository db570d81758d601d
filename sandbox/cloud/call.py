"""What one action of the cloud is given, and how it says no."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sandbox.world import World

Row = dict[str, Any]


class Refused(Exception):
    """An error as the cloud names it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


Work = Callable[[World, Row], Row]
"""Do an action with the parameters sent. Raises ``Refused``."""


@dataclass(frozen=True, slots=True)
class Action:
    """What a service of one version can do; ``regional``: a region must be named."""

    service: str
    version: str
    work: Work
    regional: bool = False


def text(row: Row, name: str, longest: int = 1 << 30) -> str:
    """Return a parameter that must be there. Raises ``Refused``."""
    value = row.get(name)
    if value is None or value == "":
        raise Refused("MissingParameter", f"The request is missing a required parameter `{name}`.")
    if not isinstance(value, str) or len(value) > longest:
        raise Refused("InvalidParameterValue", f"The value of `{name}` is not valid.")
    return value

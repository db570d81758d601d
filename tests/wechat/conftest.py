"""The sandbox as a server, for tests of the client on its real HTTP."""

from tests.sandbox.conftest import account, bot, control, limit_s, served, world

__all__ = ["account", "bot", "control", "limit_s", "served", "world"]

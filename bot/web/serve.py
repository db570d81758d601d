"""Running the web process: gunicorn, one process of threads, stopped without cutting a turn."""

from __future__ import annotations

from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication

from bot.web.app import create_app
from bot.wiring import House

THREADS = 8

WARM = "warm up"
"""A text that must be weighed, so that everything is loaded before the port is open."""


class Server(BaseApplication):  # type: ignore[misc]
    """Gunicorn around our application, made anew in each worker process."""

    def __init__(self, house: House, workers: int) -> None:
        self._house, self._workers = house, workers
        super().__init__()

    def load_config(self) -> None:
        """Hand over our settings; the control socket under the home folder stays off."""
        options: dict[str, Any] = {
            "bind": self._house.settings.bind,
            "workers": self._workers,
            "threads": THREADS,
            "worker_class": "gthread",
            "graceful_timeout": 8,
            "timeout": 30,
            "keepalive": 15,
            "accesslog": None,  # an access log holds openids and signatures in its queries
            "control_socket_disable": True,
            "loglevel": "warning",
        }
        for name, value in options.items():
            if name in self.cfg.settings:
                self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the application in the worker, after the fork; the first question finds it ready."""
        house = House(self._house.settings)
        house.services.faq.hear(WARM)
        return create_app(house)


def serve(house: House) -> None:
    """Serve until stopped. SQLite has one writer: one process; PostgreSQL takes two."""
    workers = 1 if house.settings.database_url.startswith("sqlite") else 2
    Server(house, workers).run()

"""The phone in the browser: static files only."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, Response, jsonify, send_from_directory

HERE = Path(__file__).parent / "phone"


def phone_page() -> Blueprint:
    """Serve the page at ``/`` and its files at ``/phone/``."""
    blueprint = Blueprint("phone", __name__)

    @blueprint.get("/")
    def page() -> Response:
        return send_from_directory(HERE, "index.html")

    @blueprint.get("/phone/<path:name>")
    def file(name: str) -> Response:
        return send_from_directory(HERE, name)

    @blueprint.get("/health")
    def health() -> Response:
        return jsonify(status="ok")

    return blueprint

"""What the cloud's stand-in has sent, and what it will read."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from sandbox.cloud import id_card
from sandbox.control.asked import BadRequest, after, sent
from sandbox.world import World


def cloud_tools(world: World) -> Blueprint:
    """Make the paths of the cloud below ``/control``."""
    paths = Blueprint("cloud_tools", __name__, url_prefix="/control")

    @paths.get("/sms")
    def sms() -> Response:
        return jsonify(sms=world.state.entries("sms", "", after()))

    @paths.get("/cloud/id_card")
    def answers() -> Response:
        return jsonify(answers=id_card.answers(world))

    @paths.post("/cloud/id_card")
    def tell() -> Response:
        rows = sent()
        try:
            id_card.tell(world, rows if isinstance(rows, list) else [rows])
        except ValueError as error:
            raise BadRequest(str(error)) from None
        return jsonify(answers=id_card.answers(world))

    @paths.delete("/cloud/id_card")
    def clear() -> Response:
        world.state.drop("id_card", "next")
        return jsonify(answers=[])

    return paths

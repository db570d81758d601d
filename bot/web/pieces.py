"""What the upload page's script asks: how the papers stand, and to take a photo in pieces."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, Response, abort, jsonify, make_response, request

from bot.domain.upload import CHUNK
from bot.ports import Busy, NotTaken, Sending, WrongOffset
from bot.web.desk import STATUS, Closed, Desk, guarded
from bot.web.papers import count

DIGEST = re.compile(r"[0-9a-f]{64}")

Row = dict[str, Any]


def add_pieces(pages: Blueprint, desk: Desk) -> None:
    """Add the script's addresses.

    ``size`` and ``digest`` (SHA-256 in hex) of a query tell which file is meant. Answers are
    JSON: ``offset``, where to go on (also with 409); or ``says``, why not, in words.
    """
    pieces = Pieces(desk)
    for method, rule, view in (
        ("GET", "/upload/<token>/papers", pieces.papers),
        ("GET", "/upload/<token>/<name>", pieces.offset),
        ("PUT", "/upload/<token>/<name>", pieces.receive),
    ):
        pages.add_url_rule(rule, view.__name__, view, methods=[method])


@dataclass(frozen=True)
class Pieces:
    """The views."""

    desk: Desk

    def papers(self, token: str) -> Response:
        """Tell how each paper stands."""

        def ask(openid: str) -> Row:
            found = self.desk.papers(openid)
            told = count(found, self.desk.documents, self.desk.words)
            return {"papers": [paper.to_row() for paper in found], "count": told}

        return self._answer(token, ask)

    def offset(self, token: str, name: str) -> Response:
        """Tell how much of a photo is there."""
        sending = _sending(self.desk.document(name))
        return self._answer(token, lambda openid: {"offset": self.desk.offset(openid, sending)})

    def receive(self, token: str, name: str) -> Response:
        """Take a piece."""
        sending, start = _sending(self.desk.document(name)), _number("offset")

        def ask(openid: str) -> Row:
            request.max_content_length = CHUNK
            piece = request.get_data(cache=False)
            end = self.desk.receive(openid, sending, start, piece)
            if not end:
                raise NotTaken("damaged")
            return {"offset": end}

        return self._answer(token, ask)

    def _answer(self, token: str, ask: Callable[[str], Row]) -> Response:
        if (openid := self.desk.viewer.owner(token)) is None:
            return self._refuse("why.gone", 403)
        try:
            return _json(ask(openid))
        except WrongOffset as error:
            return _json({"offset": error.offset}, 409)
        except NotTaken as error:
            return self._refuse(f"why.{error.reason}", STATUS[error.reason])
        except Closed as error:
            return self._refuse(f"closed.{error.reason}", 403)
        except Busy:
            return self._refuse("why.busy", STATUS["busy"])

    def _refuse(self, key: str, status: int) -> Response:
        return _json({"says": self.desk.words.say(f"upload.{key}")}, status)


def _sending(document: str) -> Sending:
    digest = request.args.get("digest", "")
    if not DIGEST.fullmatch(digest):
        abort(400)
    return Sending(document, _number("size"), digest)


def _number(name: str) -> int:
    text = request.args.get(name, "")
    if not text.isascii() or not text.isdigit() or len(text) > 9:
        abort(400)
    return int(text)


def _json(row: Row, status: int = 200) -> Response:
    return guarded(make_response(jsonify(row), status))

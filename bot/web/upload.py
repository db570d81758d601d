"""The page on which a welder photographs his papers, one by one.

With its script a photo comes in pieces and goes on after a dropped connection; without, a
plain form sends it whole. Nothing is decoded here: a worker does that, in a process that
may die of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO

from flask import Blueprint, Response, make_response, redirect, render_template, request, url_for
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.wrappers import Response as AnyResponse

from bot.domain.upload import CHUNK, LARGEST
from bot.library.words import Words
from bot.ports import Busy, NotTaken
from bot.web.desk import STATUS, Closed, Desk, guarded
from bot.web.papers import count
from bot.web.pieces import add_pieces
from bot.wiring import House

SLACK = 16 * 1024
"""Bytes a form adds to its file."""

GOING = ("preparing", "sending", "waiting", "stopped", "done")
"""What the page's script says of a photo on its way, below ``upload.going``."""

BEFORE_SENDING = ("empty", "bytes", "kind")
"""Reasons that the script sees for itself, below ``upload.why``."""


def upload_pages(house: House) -> Blueprint:
    """Make the pages of one process."""
    pages = Blueprint("upload", __name__, static_folder="static", static_url_path="/pages")
    desk = Desk(house)
    page = Page(desk)
    pages.add_url_rule("/upload/<token>", "page", page.show)
    pages.add_url_rule("/upload/<token>/<name>", "form", page.take, methods=["POST"])
    add_pieces(pages, desk)
    return pages


@dataclass(frozen=True)
class Page:
    """The views."""

    desk: Desk

    def show(self, token: str) -> AnyResponse:
        """Show the page to the person the link was made for."""
        viewer = self.desk.viewer
        if (openid := viewer.owner(token)) is not None:
            return self._papers(token, openid)
        if not viewer.is_link(token):
            return self._gone()
        if "code" not in request.args:
            return viewer.ask(token)
        if (openid := viewer.owner_back(token)) is None:
            return self._gone()
        answer = redirect(url_for("upload.page", token=token))
        viewer.remember(answer, openid)
        return answer

    def take(self, token: str, name: str) -> AnyResponse:
        """Take the plain form, and show the page again."""
        if (openid := self.desk.viewer.owner(token)) is None:
            return self._gone()
        document = self.desk.document(name)
        try:
            self.desk.receive_whole(openid, document, _file_of_form())
        except NotTaken as error:
            return self._papers(token, openid, document, error.reason)
        except Busy:
            return self._papers(token, openid, document, "busy")
        except Closed:
            pass  # the page will say so
        return redirect(f"{url_for('upload.page', token=token)}#{document}", 303)

    def _papers(self, token: str, openid: str, document: str = "", reason: str = "") -> Response:
        """Return the page; ``reason``: why a photo of ``document`` was not taken."""
        words = self.desk.words
        try:
            found = self.desk.papers(openid)
        except Closed as error:
            page = render_template(
                "upload_closed.html", words=words, says=f"upload.closed.{error.reason}"
            )
            return guarded(make_response(page))
        page = render_template(
            "upload.html",
            words=words,
            told=_told(words),
            token=token,
            documents=self.desk.documents,
            papers={paper.document: paper for paper in found},
            count=count(found, self.desk.documents, words),
            refused={document: reason},
            limits={"chunk": CHUNK, "largest": LARGEST},
        )
        return guarded(make_response(page, STATUS.get(reason, 200)))

    def _gone(self) -> Response:
        page = render_template("upload_closed.html", words=self.desk.words, says="upload.gone")
        return guarded(make_response(page, 410))


def _told(words: Words) -> dict[str, str]:
    """Return what the page's script says by itself; it fills in the percent."""
    keys = [f"upload.going.{name}" for name in GOING]
    keys += [f"upload.why.{name}" for name in BEFORE_SENDING]
    return {key.rpartition(".")[2]: words.say(key, {"percent": "{percent}"}) for key in keys}


def _in_memory(
    total_content_length: int | None,
    content_type: str | None,
    filename: str | None,
    content_length: int | None = None,
) -> BytesIO:
    """Hold a file of a form; werkzeug's own way lays it on the disk, in clear."""
    return BytesIO()


def _file_of_form() -> bytes:
    """Return the form's file, or nothing. Raises ``NotTaken``."""
    request.max_content_length = LARGEST + SLACK
    parser = FormDataParser(_in_memory, max_form_parts=4)
    try:
        _, _, files = parser.parse(
            request.stream, request.mimetype, request.content_length, request.mimetype_params
        )
    except RequestEntityTooLarge:
        raise NotTaken("bytes") from None
    photo = files.get("photo")
    return photo.read() if photo else b""

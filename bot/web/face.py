"""The page by which a welder shows his face to the official service, and comes back.

The token of a check stays here: one that comes back in an address could be anybody's.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, make_response, redirect, render_template, request
from werkzeug.wrappers import Response as AnyResponse

from bot.dialogs.agree import agrees
from bot.domain.form import Form
from bot.handlers.router import drain
from bot.handlers.talk import context_of
from bot.messages import Incoming
from bot.ports import Application, Conversation, NotChecked
from bot.web.desk import guarded
from bot.web.viewer import Viewer
from bot.wiring import House

TOKEN_S = 7200
"""Seconds a check is good for (faceid: DetectAuth)."""


def face_pages(house: House) -> Blueprint:
    """Make the pages of one process."""
    pages = Blueprint("face", __name__)
    views = Views(house, Viewer(house, "face"))
    pages.add_url_rule("/face/<token>", "begin", views.begin)
    pages.add_url_rule("/face/<token>/done", "done", views.done)
    return pages


@dataclass(frozen=True)
class Views:
    """The way there and back."""

    house: House
    viewer: Viewer

    def begin(self, token: str) -> AnyResponse:
        """Open a check for the person the link was made for, and send him there."""
        if (openid := self.viewer.owner(token)) is None:
            return self._identify(token)
        application = self._applicant(openid)
        check = self.house.face
        if application is None or check is None:
            return self._page("closed", 410)
        if application.real_name == "face":
            return self._page("passed")
        form, back = application.form, f"{self.house.settings.public_base_url}/face/{token}/done"
        try:
            link = check.begin(form.name, form.id_number, back)
        except NotChecked:
            return self._page("busy", 503)
        self.house.cache.put(_name(application), f"{_who(form)} {link.token}", TOKEN_S)
        return redirect(link.url)

    def done(self, token: str) -> AnyResponse:
        """Ask how the check ended, write it down, and tell him here and in the chat."""
        if (openid := self.viewer.owner(token)) is None:
            return self._page("gone", 410)
        application, check = self._applicant(openid), self.house.face
        held = self.house.cache.get(_name(application)) if application else None
        if application is None or check is None or held is None:
            return self._page("closed", 410)
        asked_of, _, held = held.partition(" ")
        try:
            result = check.result(held)
        except NotChecked:
            return self._page("busy", 503)
        if result.state == "open":
            return self._page("open")
        counts = result.state == "failed" or self._write_down(application, asked_of)
        state = result.state if counts else "changed"
        self._tell(openid, application, held, state)
        return self._page(state)

    def _identify(self, token: str) -> AnyResponse:
        if not self.viewer.is_link(token):
            return self._page("gone", 410)
        if "code" not in request.args:
            return self.viewer.ask(token)
        if (openid := self.viewer.owner_back(token)) is None:
            return self._page("gone", 410)
        answer = redirect(f"/face/{token}")
        self.viewer.remember(answer, openid)
        return answer

    def _applicant(self, openid: str) -> Application | None:
        """Return his open application, if he has agreed to the check."""
        contact = self.house.conversations.find(openid)
        if contact is None:
            return None
        with self.house.conversations.open(contact) as conversation:
            return self._agreed(conversation, self.house.clock.now())

    def _agreed(self, conversation: Conversation, now: datetime) -> Application | None:
        context = context_of(conversation, self.house.services, now)
        application = conversation.applications.current()
        if application is None or not (application.form.name and application.form.id_number):
            return None
        agreed = agrees("identity", context) and agrees("face", context)
        return application if agreed else None

    def _write_down(self, application: Application, asked_of: str) -> bool:
        """Write down that he is who he says; False if he says something else by now.

        The face was compared with the name and number of the moment it was begun.
        """
        now = self.house.clock.now()
        with self.house.conversations.open(application.contact_id) as conversation:
            current = self._agreed(conversation, now)
            if current is None or current.id != application.id or _who(current.form) != asked_of:
                return False
            conversation.applications.real_name("face", now)
            return True

    def _tell(self, openid: str, application: Application, held: str, state: str) -> None:
        """Let the end arrive as a message: told once, however often the page is opened."""
        now, services = self.house.clock.now(), self.house.services
        check = hashlib.sha256(held.encode()).hexdigest()[:16]
        incoming = Incoming(
            key=f"{openid}:face:{check}:{state}",
            openid=openid,
            kind="face",
            sent_at=now,
            fields={"state": state},
        )
        services.conversations.arrive(incoming, now, late=True)
        drain(application.contact_id, services)

    def _page(self, name: str, status: int = 200) -> Response:
        page = render_template(
            "upload_closed.html", words=self.house.library.words, says=f"face_page.{name}"
        )
        return guarded(make_response(page, status))


def _name(application: Application) -> str:
    return f"face:{application.id}"


def _who(form: Form) -> str:
    """Return what tells whether it is still the same person, and does not tell who."""
    return hashlib.sha256(f"{form.name}:{form.id_number}".encode()).hexdigest()[:32]

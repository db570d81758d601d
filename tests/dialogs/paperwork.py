"""A person's application in memory: what acts do to it, and the facts that flows then see."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.agreement import Agreement
from bot.domain.application import CLOSED, EDITABLE, Happened, NotNow, after
from bot.domain.form import filled_from, form
from bot.domain.photo import Field, PhotoReading
from bot.ports import Application, Photo
from tests.dialogs.purse import Purse

NOW = datetime(2026, 11, 24, 2, tzinfo=UTC)


class Paperwork:
    """Keeps the promises of ``ports.Applications`` as far as flows can see."""

    def __init__(self, papers, code="123456", fees=(), **facts):
        self.purse = Purse(fees, NOW)
        self.papers, self.code = papers, code
        self.agreements, self.application, self.phone, self.photos = {}, None, "", 0
        self.more = {"sends_sms": True, "checks_faces": True, "upload_link": "https://x/upload",
                     "face_link": "https://x/face", **facts}  # fmt: skip

    @property
    def facts(self):
        open_ = self.application and self.application.state not in CLOSED
        return {
            **self.more,
            **self.purse.facts,
            "agreements": self.agreements,
            "application": self.application if open_ else None,
            "latest_application": self.application,
            "papers": self.papers,
            "phone_waits": self.phone,
        }

    def change(self, **parts):
        self.application = replace(self.application, **parts)

    def act(self, name, values):
        deed = getattr(self, name, None)
        try:
            return (deed(**values) if deed else None) or {}
        except (AttributeError, StopIteration, NotNow):  # it is gone since the flow looked
            return {"not_now": True}

    def agree(self, purpose, version):
        self.agreements = {**self.agreements, purpose: Agreement(purpose, version, NOW)}

    def begin_application(self):
        if self.facts["application"] is None:
            self.application = Application(
                1, 1, "draft", form({}), (), (), False, "", NOW, NOW
            )  # fmt: skip

    def _editable(self):
        if self.application.state not in EDITABLE:
            raise NotNow

    def fill_form(self, field, value):
        self._editable()
        before = self.application
        self.change(form=form({**before.form.to_row(), field: value}))
        if field in {"name", "id_number"} and self.application.form != before.form:
            self.change(real_name="")

    def receive_photo(self, document, media):
        if self.application.state in CLOSED:
            raise NotNow
        self.photos += 1
        new = Photo(self.photos, document, "waiting", NOW)
        self.change(photos=(*self.application.photos, new))

    def skip_paper(self, document):
        self._editable()
        self.photos += 1
        new = Photo(self.photos, document, "skipped", NOW)
        self.change(photos=(*self.application.photos, new))

    def read(self, state="read", document=None, **fields):
        """Let the worker read the oldest photo that waits; return whether there was one."""
        for photo in self.application.photos if self.application else ():
            if photo.state == "waiting":
                told = {name: Field(value, 0.99) for name, value in fields.items()}
                reading = PhotoReading(document, told)
                kept = photo.document if document is None else document
                self._photo(photo.id, state=state, document=kept, reading=reading)
                return True
        return False

    def _photo(self, photo, **parts):
        self.change(photos=tuple(
            replace(one, **parts) if one.id == photo else one for one in self.application.photos
        ))  # fmt: skip

    def find(self, photo):
        return next(one for one in self.application.photos if one.id == photo)

    def confirm_photo(self, photo, document=""):
        self._editable()
        found = self.find(photo)
        paper = document or found.document
        others = tuple(
            one for one in self.application.photos
            if one.id == photo or one.document != paper or one.state in {"waiting", "read"}
        )  # fmt: skip
        self.change(photos=others)
        self._photo(photo, state="kept", document=paper)
        reading = found.reading or PhotoReading(None)
        self.change(form=filled_from(self.application.form, paper, reading))

    def correct_photo(self, photo, field, value):
        self._editable()
        found = self.find(photo)
        if found.reading and value:
            told = {**found.reading.fields, field: Field(value, 1.0)}
            self._photo(photo, reading=replace(found.reading, fields=told))

    def drop_photo(self, photo):
        self._editable()
        left = tuple(one for one in self.application.photos if one.id != photo)
        self.change(photos=left)

    def send_code(self, phone):
        self.phone = phone
        return {"problem": ""}

    def check_code(self, code):
        right = code == self.code
        if right:
            self.fill_form("phone", self.phone)
            self.phone = ""
        return {"right": right}

    def forget_code(self):
        self.phone = ""

    def real_name_by_person(self):
        self.change(real_name="person")

    def deed(self, deed):
        state = after(self.application.state, deed, "welder")
        history = (*self.application.history, Happened(deed, NOW, "welder"))
        self.change(state=state, history=history)
        self.purse.close()

    def accept(self):
        """Let an operator accept what waits for him; tell whether anything did."""
        if self.application is None or self.application.state != "submitted":
            return False
        self.change(state=after("submitted", "accept", "operator"))
        return True

    def create_order(self, items, nudges):
        self.change(state=after(self.application.state, "order", "welder"))
        self.purse.create(items)

    def cancel_order(self):
        self.change(state=after(self.application.state, "unorder", "system"))
        self.purse.close()

    def pay(self):
        if self.purse.pay():
            self.change(state=after(self.application.state, "pay", "system"))

    def ask_invoice(self, order, title, tax_number):
        self.purse.ask_invoice(order, title, tax_number)

    def withdraw_agreement(self, purpose):
        self.agreements = {k: v for k, v in self.agreements.items() if k != purpose}

    def withdraw_identity(self):
        self.withdraw_agreement("identity")
        self.withdraw_agreement("face")
        if self.application:
            self.change(state="withdrawn", form=form({}), photos=(), history=())
            self.purse.close()

    def wipe(self):
        self.agreements, self.application, self.phone = {}, None, ""
        self.purse.orders = ()

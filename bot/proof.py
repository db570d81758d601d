"""What ``make check`` proves: content complete, drawings and ``flows.lock`` in step."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import get_args

from bot.dialogs import states
from bot.dialogs.engine.draw import keys_needed, lock_lines, lost_places, mermaid
from bot.dialogs.engine.step import Choose
from bot.dialogs.script import FLOWS
from bot.domain.application import REASONS, STAGES, STATES
from bot.domain.form import FIELDS
from bot.domain.photo import BAD_PHOTO, PROBLEMS
from bot.domain.reminders import SHANGHAI
from bot.drawing import stale_cards
from bot.hearing.content import FILE, is_stale
from bot.hearing.model import BadModel
from bot.library import BadContent, Library, check, load
from bot.ports import PhotoState
from bot.ports.orders import TOLD
from bot.web import pay
from bot.web.bill import STATES as BILL_STATES
from bot.web.desk import STATUS
from bot.web.upload import GOING

UPLOAD = (
    *("title", "intro", "count", "all_there", "pick", "pick_again", "send", "optional"),
    *("sketch", "sealed", "back", "gone"),
    *(f"state.{k}" for k in ("missing", *get_args(PhotoState))),
    *(f"going.{k}" for k in ("cut", *GOING)),
    *(f"why.{k}" for k in ("other", "gone", *STATUS)),
    *(f"closed.{k}" for k in ("consent", "application", "handed_in")),
)
"""Keys that the upload page says, below ``upload``."""

READ = (
    "name", "id_number", "valid_from", "valid_to", "number", "trade", "first_issued_on",
    "valid_until", "issuer", "background",
)  # fmt: skip
"""Fields that are read from photos."""

PHOTOS = (
    "received", "handed_in", "read", "several", "unplaced", "kept", "again", "any_paper",
    "gone", "unread",
)  # fmt: skip

FACE = ("passed", "changed", "failed", "open", "busy", "closed", "gone")

PAY = (
    *("title", "what", "for_other", "for_somebody", "of", "total", "yuan", "sheet", "pay"),
    *("opening", "how", "code", "wechat", "scan", "picture", "no_script", "no_bridge", "gone"),
    *(f"after.{k}" for k in pay.AFTER),
    *(f"why.{k}" for k in ("nobody", *pay.STATUS)),
    *(f"paid.{k}" for k in ("day", "number", "proof", "other", "returned", "returning")),
    *(f"{k}.title" for k in BILL_STATES if k != "pay"),
    *(f"{k}.says" for k in BILL_STATES if k not in {"pay", "paid"}),
)
"""Keys that the payment page says, below ``pay_page``."""

RECEIPT_CARD = ("from", "title", "yuan", "total", "paid_at", "moment", "number", "no_invoice")
"""Keys that the picture of a receipt says, below ``receipt_card``."""

EXPORT = (
    *("file.form", "file.photo"),
    *(f"readme.{k}" for k in ("title", "what", "lacking", "comma", "steps", "end")),
    *(f"form.{k}" for k in ("title", "subtitle", "person", "certificate", "papers", "portrait")),
    *(f"form.{k}" for k in ("generated", "number", "foot", "no_employer", "years", "there")),
    *(f"form.{k}" for k in ("absent", "missing", "empty", "none")),
    *(f"form.field.{k}" for k in FIELDS),
)
"""Keys that an exported application says, below ``export``."""

SAID_ELSEWHERE = frozenset(
    {
        "common.date",
        "slot.number.out_of_range",  # a slot type no talk uses yet
        "engine.trouble",
        "follow.welcome",
        "follow.back",
        "waiting.intro",
        "human.reply",
        "certificates.one",
        "certificates.one_numbered",
        "certificates.one_more",
        "certificates.another",
        *(f"expiry.{k}" for k in ("ahead", "window", "early", "today", "over", "long_over")),
        "expiry.answer",
        "after.answer",
        "application.expiring",
        "application.note",
        "application.between",
        *(f"pay.told.{event}" for event in TOLD),
        *(f"books.{k}" for k in ("differs", "failed", "not_returned", "stuck")),
        *(f"payment.{k}" for k in ("line", "only", "nudge.soon", "nudge.tomorrow")),
        "receipts.and",
        *(f"application.told.{state}" for state in STATES if state != "draft"),
        *(f"application.reason.{reason}" for reason in REASONS),
        *(f"voice.{k}" for k in ("listening", "heard", "nothing", "to_words")),
        *(f"{p}.{k}" for p in ("documents.field", "documents.name") for k in READ),
        *(f"documents.value.background.{k}" for k in ("white", "blue", "red", "other")),
        "documents.value.valid_to.long",
        *(f"documents.{k}" for k in ("optional", "link")),
        *(f"form.line.{k}" for k in FIELDS),
        *(f"form.{k}" for k in ("spellings", "empty", "none", "not_sent")),
        *(f"progress.stage.{k}" for k in STAGES),
        "my_data.and",
        *(f"real_name.{k}" for k in ("passed", "changed", "failed")),
        *(f"face_page.{k}" for k in FACE),
        *(f"photos.{k}" for k in PHOTOS),
        *(f"upload.{k}" for k in UPLOAD),
        *(f"pay_page.{k}" for k in PAY),
        *(f"receipt_card.{k}" for k in RECEIPT_CARD),
        *(f"export.{k}" for k in EXPORT),
        *(f"consent.{k}" for k in ("title", "explain", "allow", "thanks", "refused", "gone")),
        *(f"photo.problem.{code}" for code in PROBLEMS),
        *(f"photo.bad.{reason}" for reason in BAD_PHOTO),
    }
)
"""Keys said by handlers, pages and notices rather than by a flow."""


def needed(library: Library) -> dict[str, frozenset[str] | None]:
    """Return every key the flows and the FAQ say."""
    keys = dict(keys_needed(FLOWS))
    for intent in library.intents:
        keys[f"faq.{intent.id}"] = frozenset()
        keys[f"faq.{intent.id}.title"] = frozenset()
        if intent.more:
            keys[f"faq.{intent.id}.more"] = frozenset()
    return keys


def noticed(library: Library) -> frozenset[str]:
    """Return the keys that notices say: their fields, and outcomes to choose from."""
    fields = {key for notice in library.notices.values() for key in notice["fields"].values()}
    outcomes = {key for key in library.words.texts if ".outcomes." in key}
    return frozenset(fields | {key for key in outcomes if key.startswith("notices.")})


def fixed_choices() -> dict[str, tuple[str, ...]]:
    """Return the option ids of every question whose options are not made from facts."""
    return {
        f"{flow.name}.{step.id}": tuple(step.ways)
        for flow in FLOWS.flows
        for step in flow.steps
        if isinstance(step, Choose) and step.ways
    }


def content_problems(folder: Path) -> list[str]:
    """Return every problem of a content folder."""
    try:
        library = load(folder)
    except BadContent as error:
        return error.problems
    keys = needed(library)
    elsewhere = SAID_ELSEWHERE | noticed(library)
    missing = [f"{key}: has no words" for key in elsewhere - set(library.words.texts)]
    flows = frozenset(flow.name for flow in FLOWS.flows) | {"human"}
    today = datetime.now(SHANGHAI).date()
    found = check(library, keys, fixed_choices(), elsewhere, flows, today)
    return missing + found + list(_model(folder, library)) + list(_drawn(folder, library))


def _model(folder: Path, library: Library) -> Iterator[str]:
    """Say when phrasings have changed since the weights were learnt."""
    try:
        if is_stale(folder, library.intents, library.silences, library.hint):
            yield f"{FILE}: phrasings have changed since: run `make faq`"
    except BadModel as error:
        yield f"{FILE}: {error}: run `make faq`"


def _drawn(folder: Path, library: Library) -> Iterator[str]:
    for name in stale_cards(folder, library.cards):
        yield f"cards.yaml: {name}: is not drawn as it stands: run `weldmate content draw`"


def draw_flows(root: Path, *, check: bool) -> list[str]:
    """Write the drawings and the lock, or with ``check`` say which are stale."""
    lock = root / "flows.lock"
    old = lock.read_text(encoding="utf-8") if lock.exists() else ""
    problems = list(lost_places(FLOWS, old))
    if problems:
        return problems
    for path, text in _files(root):
        if path.exists() and path.read_text(encoding="utf-8") == text:
            continue
        if check:
            problems.append(f"{path.relative_to(root)} is stale: run `weldmate flows draw`")
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return problems


def _files(root: Path) -> Iterator[tuple[Path, str]]:
    yield root / "docs" / "application.md", states.page()
    yield root / "flows.lock", "\n".join(lock_lines(FLOWS)) + "\n"
    for flow in FLOWS.flows:
        drawing = f"# {flow.name}\n\n```mermaid\n{mermaid(flow)}```\n"
        yield root / "docs" / "flows" / f"{flow.name}.md", drawing

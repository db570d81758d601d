"""Everything a conversation runs on, in one immutable value."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.dialogs.agree import AGREE_FACE, AGREE_IDENTITY
from bot.dialogs.apply import APPLY
from bot.dialogs.certificates import CERTIFICATES
from bot.dialogs.documents import DOCUMENTS
from bot.dialogs.eligibility import ELIGIBILITY
from bot.dialogs.engine.context import Catalogue
from bot.dialogs.engine.flow import Flows
from bot.dialogs.faq import USEFUL, USELESS, WHICH
from bot.dialogs.form import FORM
from bot.dialogs.home import HOME, QUESTIONS
from bot.dialogs.lexicon import ContentLexicon
from bot.dialogs.my_data import MY_DATA
from bot.dialogs.payment import PAYMENT
from bot.dialogs.progress import PROGRESS
from bot.dialogs.real_name import REAL_NAME
from bot.dialogs.receipts import INVOICE, RECEIPTS
from bot.dialogs.reminders import HANDLING, MUTE, REMINDERS, RENEWED
from bot.domain.document import Document
from bot.domain.rulebook import Rulebook

FLOWS = Flows(
    (
        HOME,
        QUESTIONS,
        WHICH,
        USEFUL,
        USELESS,
        ELIGIBILITY,
        CERTIFICATES,
        REMINDERS,
        RENEWED,
        HANDLING,
        MUTE,
        APPLY,
        AGREE_IDENTITY,
        DOCUMENTS,
        FORM,
        REAL_NAME,
        AGREE_FACE,
        PROGRESS,
        MY_DATA,
        PAYMENT,
        RECEIPTS,
        INVOICE,
    ),
    which=WHICH.name,
)


@dataclass(frozen=True, slots=True)
class Script:
    """The flows of this release with the words, the vocabulary and the rules of the day."""

    flows: Flows
    catalogue: Catalogue
    lexicon: ContentLexicon
    rulebook: Rulebook
    documents: tuple[Document, ...]
    human_word: str
    """A word by which people ask for a person: a menu tap says it for them."""
    goto: Mapping[str, str] = field(default_factory=dict)
    """Key of each answer -> the flow it leads to, or an empty name."""

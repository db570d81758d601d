"""The flows of this release with the words and rules of content/, and made-up facts."""

from datetime import date

from bot.dialogs.lexicon import ContentLexicon
from bot.dialogs.script import FLOWS
from bot.domain.certificate import Certificate
from bot.library import load
from tests.conftest import ROOT
from tests.dialogs.paperwork import Paperwork
from tests.dialogs.small import Talk

LIBRARY = load(ROOT / "content")
LEXICON = ContentLexicon(LIBRARY.vocabulary)


def kept(id_, *expires_on, number=""):
    """Make a certificate that is kept already."""
    return Certificate(id_, "housing", number, date(*expires_on))


def talking(*certificates, rulebook="mohurd-2008", **facts):
    """Talk on 24 November 2026 with a person who keeps these certificates."""
    known = {
        "certificates": certificates,
        "hour": 9,
        "reminders_on": True,
        "rulebook": LIBRARY.rulebooks[rulebook],
        "authority_of": LEXICON.authority_of,
        "consent_link": "",
        **Paperwork(LIBRARY.documents).facts,
    }
    return Talk(FLOWS, LIBRARY.words, LEXICON, facts={**known, **facts})


def heard(t, *said):
    """Say one thing after another; return the keys of the last answer, its talk left out."""
    for words in said:
        keys = t.say(words)
    return [key.removeprefix("eligibility.") for key in keys]

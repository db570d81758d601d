"""A talk about an application: flows, words and ear are the real ones, the rows are in memory."""

from bot.dialogs.agree import version
from bot.dialogs.engine.context import Act, Context, Event, Speak
from bot.dialogs.engine.flow import awaited
from bot.dialogs.engine.session import Session
from bot.dialogs.engine.step import ACTED
from bot.dialogs.engine.turn import turn
from bot.dialogs.script import FLOWS
from bot.domain.form import form
from bot.wiring import make_ear
from tests.conftest import ROOT
from tests.dialogs.paperwork import NOW, Paperwork
from tests.dialogs.real import LEXICON, LIBRARY

FULL = {
    "name": "张三", "id_number": "500101199001010018", "phone": "13812345678",
    "employer": "中建三局", "contact_person": "李工", "years": "9",
    "number": "渝F042022000061", "valid_until": "2027-03-01",
}  # fmt: skip

REQUIRED = ("id_front", "id_back", "certificate", "portrait", "medical")

EARS = []


def hear(text):
    """Understand a text with the weights of this release, opened once."""
    if not EARS:
        EARS.append(make_ear(ROOT / "content", LIBRARY))
    return EARS[0].hear(text)


class PaperTalk:
    """Says one thing after another; acts are done at once, in memory."""

    def __init__(self, **facts):
        self.paperwork, self.session = Paperwork(LIBRARY.documents, **facts), Session()
        self.acts, self.words, self.now = [], "", NOW

    def context(self):
        known = {
            "certificates": (), "hour": 9, "reminders_on": True, "consent_link": "",
            "rulebook": LIBRARY.rulebooks["mohurd-2026"], "authority_of": LEXICON.authority_of,
            "answered": self.session.faq, **self.paperwork.facts,
        }  # fmt: skip
        return Context(self.now, self.now.date(), LIBRARY.words, LEXICON, "1", known)

    def event(self, event):
        """Let it happen; return the keys of what is said."""
        said, answers = [], {}
        for _ in range(20):
            before = Session.from_json(self.session.to_json())
            self.session, effects = turn(FLOWS, before, event, self.context())
            answers = {}
            for effect in effects:
                if isinstance(effect, Speak):
                    said.append(effect)
                elif isinstance(effect, Act):
                    self.acts.append(effect.name)
                    answers |= self.paperwork.act(effect.name, effect.values)
            if awaited(FLOWS, self.session) != ACTED:
                break
            event = Event("signal", name=ACTED, given=answers)
        self.words = "\n".join(self._read(speak) for speak in said)
        return [speak.key for speak in said]

    def _read(self, speak):
        labels = [option.label for option in speak.options]
        return "\n".join([LIBRARY.words.say(speak.key, speak.values), *labels])

    def start(self, flow):
        return self.event(Event("start", flow=flow))

    def say(self, words):
        return self.event(Event("text", text=words, heard=hear(words)))

    def photo(self):
        return self.event(Event("image", media="m1"))

    def read(self, document=None, state="read", **fields):
        """Let the oldest photo be read, and the talk look again."""
        assert self.paperwork.read(state, document, **fields)
        return self.event(Event("fresh", flow="documents"))

    def begun(self):
        """Agree, and open an application."""
        self.agree("identity")
        self.paperwork.begin_application()
        return self

    def agree(self, purpose, wording=""):
        self.paperwork.agree(purpose, wording or version(purpose, self.context()))

    def fill(self, **known):
        self.paperwork.change(form=form(known))

    def hand_over(self, *papers):
        """Have photos of these papers kept."""
        for paper in papers or REQUIRED:
            self.paperwork.receive_photo(paper, "m")
            self.paperwork.read("kept", paper)
        for paper in ("hours", "employer"):
            self.paperwork.skip_paper(paper)

    @property
    def form(self):
        return self.paperwork.application.form

    @property
    def photos(self):
        return [(one.document, one.state) for one in self.paperwork.application.photos]

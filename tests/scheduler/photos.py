"""An application whose photos are read by a double, for the tests of who has them read."""

from bot.dialogs.agree import version
from bot.domain.photo import Field, PhotoReading
from bot.handlers.router import answer
from bot.handlers.talk import context_of
from bot.ports import Sight
from bot.scheduler.looking import Looker
from bot.scheduler.run import make_sender
from bot.scheduler.workshop import Workshop
from tests.conftest import incoming
from tests.store.people import welder
from tests.talk import plain

ID = "510212197001010015"
FRONT = PhotoReading("id_front", {"name": Field("张大林", 0.99), "id_number": Field(ID, 1.0)})
CARD = PhotoReading("certificate", {"number": Field("渝F042022000061", 0.99)}, ("wrong_document",))
BLURRED = PhotoReading(None, {}, ("blurred",))
UNKNOWN = PhotoReading(None, {}, ("not_recognised",))
PICTURE = b"\xff\xd8 made anew"


class Eyes:
    """Implements ``ports.Reader`` with a list of what to see next; the last is seen for ever."""

    def __init__(self, *seen):
        self.seen, self.asked = list(seen), []
        self.meanwhile = lambda: None

    def read(self, photo, expected=""):
        self.asked.append((photo, expected))
        found = self.seen.pop(0) if len(self.seen) > 1 else self.seen[0]
        self.meanwhile()
        if isinstance(found, Exception):
            raise found
        return Sight(PICTURE, found)


class Desk:
    """A welder who has agreed and begun; his photos, who reads them, what he is told."""

    def __init__(self, house, courier):
        house.__dict__["courier"] = courier
        self.house, self.contact = house, welder(house)
        with house.conversations.open(self.contact) as conversation:
            context = context_of(conversation, house.services, house.clock.now())
            conversation.agreements.give(
                "identity", version("identity", context), house.clock.now()
            )
            conversation.applications.begin(house.clock.now())
        self.fetched, self.told_before = [], 0

    def say(self, words="", **more):
        return answer(incoming(words, at=self.house.clock.now(), **more), self.house.services)

    def send_photo(self, media="m1"):
        return self.say(kind="image", media_id=media)

    def receive(self, document="id_front", media="m1"):
        """Receive a photo of a paper without a talk about it."""
        now = self.house.clock.now()
        with self.house.conversations.open(self.contact) as conversation:
            payload = f'{{"media": "{media}"}}'
            return conversation.applications.add_photo(document, "chat", payload, now)

    def fetch(self, media):
        self.fetched.append(media)
        return b"\xff\xd8 " + media.encode()

    def looker(self, eyes, second=None, fetch=None):
        return Looker(self.house.services, fetch or self.fetch, eyes, second)

    def work(self, eyes, second=None, fetch=None):
        """Do every job that is due; return how each ended."""
        workshop = Workshop(self.house.services, {"read": self.looker(eyes, second, fetch)})
        return [workshop.work(job) for job in self.house.services.jobs.due(self.house.clock.now())]

    def take(self):
        """Take the one job that is due, as a worker that will die does."""
        now = self.house.clock.now()
        (job,) = self.house.services.jobs.due(now)
        return self.house.services.jobs.take(job, now)

    def told(self):
        """What has reached him since this was asked last, in order."""
        sender, outbox = make_sender(self.house), self.house.services.outbox
        while due := outbox.due(self.house.clock.now()):
            for message in due:
                sender.deliver(message)
        texts = [plain(text) for _, _, text in self.house.courier.sent]
        new, self.told_before = texts[self.told_before :], len(texts)
        return new

    def does(self, act):
        with self.house.conversations.open(self.contact) as conversation:
            return act(conversation)

    @property
    def application(self):
        return self.does(lambda conversation: conversation.applications.current())

    @property
    def photos(self):
        return [(photo.document, photo.state) for photo in self.application.photos]

"""The ports of the cloud in memory, for tests of who uses them."""

from bot.domain.photo import PhotoReading
from bot.ports import FaceLink, FaceResult, NotChecked, NotRead, NotSent


class MemorySms:
    """Implements ``ports.ShortMessages``; ``sent`` holds (phone, template, values)."""

    def __init__(self):
        self.sent = []
        self.fails = []
        """What to raise next."""

    def send(self, phone, template, values):
        if not (len(phone) == 11 and phone.isascii() and phone.isdigit() and phone[0] == "1"):
            raise NotSent("number", again=False)
        if self.fails:
            raise self.fails.pop(0)
        self.sent.append((phone, template, tuple(values)))
        return f"serial-{len(self.sent)}"


class MemoryFace:
    """Implements ``ports.FaceCheck``; a test calls ``decide`` for the person at the page."""

    def __init__(self):
        self.checks = {}
        self.fails = []

    def begin(self, name, id_number, return_url):
        self._fail()
        token = f"token-{len(self.checks) + 1}"
        self.checks[token] = FaceResult("open")
        return FaceLink(token, f"http://face/{token}")

    def decide(self, token, passed):
        self.checks[token] = FaceResult("passed") if passed else FaceResult("failed", "2016")

    def result(self, token):
        self._fail()
        if token not in self.checks:
            raise NotChecked("InvalidParameterValue.BizTokenIllegal", again=False)
        return self.checks[token]

    def _fail(self):
        if self.fails:
            raise self.fails.pop(0)


class MemoryReader:
    """Implements ``ports.SecondReader``; ``answers`` are read one after another, by paper."""

    def __init__(self, **answers):
        self.answers = {paper: list(fields) for paper, fields in answers.items()}

    def read_id_card(self, photo, paper):
        if paper not in {"id_front", "id_back"} or not self.answers.get(paper):
            raise NotRead("FailedOperation.OcrFailed", again=False)
        return PhotoReading(paper, self.answers[paper].pop(0))

"""What may be asked of the world: the promises that adapters keep and handlers rely on.

Two clocks: every ``now`` is business time from the ``Clock`` port (in a demo it can be
turned). Leases, lock waits and time-outs run on the machine's own monotonic time inside
the adapters and never appear here.
"""

from bot.ports.applications import (
    Agreements,
    Application,
    Applications,
    PhoneCodes,
    Photo,
    PhotoState,
    Retention,
)
from bot.ports.people import Arrival, Busy, Conversation, Conversations, Person
from bot.ports.records import Certificates, Feedback, HumanDesk, HumanRequest
from bot.ports.sending import (
    Backlog,
    Courier,
    Delivery,
    Ledger,
    Mailbox,
    MessageKind,
    Outbox,
    Outgoing,
    Queued,
    SendFailed,
    State,
    Timer,
)
from bot.ports.senses import (
    BadPhoto,
    FaceCheck,
    FaceLink,
    FaceResult,
    Faq,
    NotChecked,
    NotRead,
    NotRecognised,
    NotSent,
    Reader,
    Recogniser,
    SecondReader,
    ShortMessages,
    Sight,
)
from bot.ports.services import Clock, Option, Services, SharedCache, Words
from bot.ports.uploads import NotTaken, Sending, Uploads, WrongOffset
from bot.ports.work import Job, JobList, Jobs

__all__ = [
    "Agreements",
    "Application",
    "Applications",
    "Arrival",
    "Backlog",
    "BadPhoto",
    "Busy",
    "Certificates",
    "Clock",
    "Conversation",
    "Conversations",
    "Courier",
    "Delivery",
    "FaceCheck",
    "FaceLink",
    "FaceResult",
    "Faq",
    "Feedback",
    "HumanDesk",
    "HumanRequest",
    "Job",
    "JobList",
    "Jobs",
    "Ledger",
    "Mailbox",
    "MessageKind",
    "NotChecked",
    "NotRead",
    "NotRecognised",
    "NotSent",
    "NotTaken",
    "Option",
    "Outbox",
    "Outgoing",
    "Person",
    "PhoneCodes",
    "Photo",
    "PhotoState",
    "Queued",
    "Reader",
    "Recogniser",
    "Retention",
    "SecondReader",
    "SendFailed",
    "Sending",
    "Services",
    "SharedCache",
    "ShortMessages",
    "Sight",
    "State",
    "Timer",
    "Uploads",
    "Words",
    "WrongOffset",
]

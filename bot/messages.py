"""The shapes that cross every room: what came in, what goes back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

Kind = Literal[
    # messages a person sends
    "text",
    "image",
    "voice",
    "video",
    "location",
    "link",
    "file",
    # events the platform reports about a person
    "follow",
    "unfollow",
    "scan",
    "click",
    "view",
    "scancode",
    "photos",
    "place",
    "consent",
    # events about what we sent, or about the account
    "template_result",
    "subscription_result",
    "account",
    # what our own workers found out
    "sight",
    "face",
    # what WeChat Pay told us
    "payment",
    # anything the platform invents after us
    "unknown",
]

MESSAGES: frozenset[Kind] = frozenset(
    ("text", "image", "voice", "video", "location", "link", "file")
)

PROVES_FOLLOWING: frozenset[Kind] = MESSAGES | {"follow", "scan", "click", "view", "scancode"}
"""What only a follower can send: it shows that he follows, whatever became of his events."""


@dataclass(frozen=True, slots=True)
class Heard:
    """What a text asks. ``intents``: one for an answer, two for a choice, else none."""

    kind: Literal["answer", "choice", "none", "refuse"]
    intents: tuple[str, ...] = ()
    trust: float = 0.0
    """0 to 1: how far it can be trusted."""


@dataclass(frozen=True, slots=True)
class Incoming:
    """One thing WeChat told us, already verified and decrypted.

    ``key`` is unique per message: openid + MsgId + CreateTime, or for events, which have
    no MsgId, openid + CreateTime + Event + EventKey (+ Ticket, MsgID, TemplateId), because
    two different events of one second are two events.
    """

    key: str
    openid: str
    kind: Kind
    sent_at: datetime
    text: str = ""
    """What was typed; for a tapped choice, the words on it."""
    choice: int | None = None
    """The numeric id of a tapped choice, a hint only: some clients lose it."""
    event_key: str = ""
    """Menu key, QR scene (without ``qrscene_``), or the URL of a view."""
    media_id: str = ""
    account: str = ""
    """ToUserName: the account's own id, needed to answer."""
    fields: Mapping[str, Any] = field(default_factory=dict)
    """The remaining elements by their WeChat name, nested as they came."""
    heard: Heard | None = None
    """What the text asks, once somebody has listened; not kept."""

    def to_json(self) -> str:
        """Write the message as it is kept with its arrival."""
        row = [
            self.key,
            self.openid,
            self.kind,
            self.sent_at.timestamp(),
            self.text,
            self.choice,
            self.event_key,
            self.media_id,
            self.account,
            self.fields,
        ]
        return json.dumps(row, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Incoming:
        """Read back what ``to_json`` wrote."""
        key, openid, kind, sent_at, *rest = json.loads(text)
        return cls(key, openid, kind, datetime.fromtimestamp(sent_at, UTC), *rest)


@dataclass(frozen=True, slots=True)
class Choice:
    """One thing to tap: its number as typed, the words, and an id that names the question."""

    n: int
    """0: not to be typed as a number; several of these stand on one line."""
    text: str
    id: int


@dataclass(frozen=True, slots=True)
class Said:
    """One piece of speech: a key of the words catalogue, made into text for this person."""

    key: str
    text: str
    choices: tuple[Choice, ...] = ()
    image: str = ""
    """The media id of a picture, which is a message of its own: its text is empty."""


@dataclass(frozen=True, slots=True)
class Reply:
    """All that is said in answer to one message, in order; nothing said is an empty reply."""

    said: tuple[Said, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.said)

    def to_json(self) -> str:
        """Write the reply as it is kept for a retry."""
        return json.dumps(
            [
                [
                    s.key,
                    s.text,
                    [[c.n, c.text, c.id] for c in s.choices],
                    *([s.image] if s.image else []),
                ]
                for s in self.said
            ],
            ensure_ascii=False,
        )

    @classmethod
    def from_json(cls, text: str) -> Reply:
        """Read back what ``to_json`` wrote."""
        return cls(
            tuple(
                Said(key, words, tuple(Choice(*choice) for choice in choices), *image)
                for key, words, choices, *image in json.loads(text)
            )
        )

"""What flows may ask about a person, looked up when they do and not before."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any

from bot.domain.reminders import DEFAULT_HOUR
from bot.ports import Conversation, Services


class Facts(Mapping[str, Any]):
    """Facts by name, each the same throughout a turn."""

    def __init__(self, sources: Mapping[str, Callable[[], Any]]) -> None:
        self._sources, self._known = sources, dict[str, Any]()

    def __getitem__(self, name: str) -> Any:
        """Return a fact."""
        if name not in self._known:
            self._known[name] = self._sources[name]()
        return self._known[name]

    def __iter__(self) -> Iterator[str]:
        """Name the facts there are."""
        return iter(self._sources)

    def __len__(self) -> int:
        """Count them."""
        return len(self._sources)


def facts(conversation: Conversation, services: Services, answered: str, now: datetime) -> Facts:
    """Return what there is to know about a person; ``answered`` is the last FAQ he was told."""
    person, script = conversation.person, services.script
    return Facts(
        {
            "certificates": conversation.certificates.all,
            "hour": lambda: DEFAULT_HOUR if person.hour is None else person.hour,
            "reminders_on": lambda: person.reminders_on,
            "rulebook": lambda: script.rulebook,
            "authority_of": lambda: script.lexicon.authority_of,
            "consent_link": lambda: services.links("consent", person.openid),
            "answered": lambda: answered,
            "agreements": conversation.agreements.given,
            "application": conversation.applications.current,
            "latest_application": conversation.applications.latest,
            "papers": lambda: script.documents,
            "phone_waits": lambda: conversation.phone_codes.waits(now),
            "upload_link": lambda: services.links("upload", person.openid),
            "face_link": lambda: services.links("face", person.openid),
            "order": conversation.orders.current,
            "orders": conversation.orders.all,
            "fees": lambda: services.fees,
            "pay_link": lambda: _pay_link(conversation, services),
            "checks_faces": lambda: services.checks_faces,
            "sends_sms": lambda: services.sends_sms,
        }
    )


def _pay_link(conversation: Conversation, services: Services) -> str:
    """Return where the order that waits is paid; whoever opens it may pay."""
    order = conversation.orders.current()
    return services.links("pay", str(order.id)) if order and order.state == "unpaid" else ""

"""An expiry reminder in words: how many days, what is open, and three answers to tap."""

from __future__ import annotations

from datetime import datetime

from bot.dialogs.reminders import REMINDER_TAP
from bot.domain import eligibility
from bot.domain.reminders import SHANGHAI
from bot.messages import Choice, Said
from bot.ports import Queued, Services


def reminder(queued: Queued, services: Services, now: datetime) -> list[Said]:
    """Say it as of today, not as of the day it was planned.

    Nothing if the certificate is gone or has another date by now.
    """
    certificate = queued.certificate
    if certificate is None or certificate.expires_on != queued.message.term:
        return []
    today = now.astimezone(SHANGHAI).date()
    days = (certificate.expires_on - today).days
    values = {"expires_on": certificate.expires_on, "days": days}
    if days < 0:
        key = "expiry.over" if days == -1 else "expiry.long_over"
        pieces = [Said(key, services.words.say(key, values))]
    elif days == 0:
        pieces = [Said("expiry.today", services.words.say("expiry.today"))]
    else:
        pieces = [Said("expiry.ahead", services.words.say("expiry.ahead", values))]
        rulebook = services.script.rulebook
        opens_on = eligibility.months_before(certificate.expires_on, rulebook.opens_months)
        key = "expiry.window" if today >= opens_on else "expiry.early"
        pieces.append(Said(key, services.words.say(key, {"opens_on": opens_on})))
    choices = tuple(
        Choice(n, option.label, REMINDER_TAP + certificate.id)
        for n, option in enumerate(services.script.catalogue.options("expiry.answer"), 1)
    )
    return [*pieces, Said("expiry.answer", services.words.say("expiry.answer"), choices)]

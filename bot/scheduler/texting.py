"""A code sent to a phone."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime

from bot.ports import CODE_MINUTES, Job, NotSent, Services, ShortMessages
from bot.scheduler.workshop import NotDone, say


@dataclass(frozen=True, slots=True)
class Texter:
    """Does the jobs of kind ``code``. A code that may have gone out is not sent again."""

    services: Services
    sms: ShortMessages
    template: str
    """It has two values: the code, and the minutes it is good for."""

    def do(self, job: Job, _now: datetime) -> None:
        """Send a code."""
        row = json.loads(job.payload)
        try:
            self.sms.send(row["phone"], self.template, [row["code"], str(CODE_MINUTES)])
        except NotSent as error:
            raise NotDone(str(error), again=error.again) from None

    def give_up(self, job: Job, _reason: str, now: datetime) -> None:
        """Tell that no code will come."""
        say(job, "form.not_sent", self.services, now)

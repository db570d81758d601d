"""What an answer can be: one type a file, each with what it takes and how it reads it."""

from bot.dialogs.engine.slots.answer import Again, Answer, Half, Read, Slot
from bot.dialogs.engine.slots.choice import Choice
from bot.dialogs.engine.slots.day import Day
from bot.dialogs.engine.slots.hour import Hour
from bot.dialogs.engine.slots.id_number import IdNumber
from bot.dialogs.engine.slots.name import Name
from bot.dialogs.engine.slots.number import Number
from bot.dialogs.engine.slots.phone import Code, Phone
from bot.dialogs.engine.slots.photo import Photo
from bot.dialogs.engine.slots.tax_number import TaxNumber
from bot.dialogs.engine.slots.text import Text

__all__ = [
    "Again",
    "Answer",
    "Choice",
    "Code",
    "Day",
    "Half",
    "Hour",
    "IdNumber",
    "Name",
    "Number",
    "Phone",
    "Photo",
    "Read",
    "Slot",
    "TaxNumber",
    "Text",
]

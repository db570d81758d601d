"""A whole application as one file, for filing on the official platform."""

from bot.export.parcel import application_zip

__all__ = ["application_zip"]

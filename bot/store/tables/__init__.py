"""The tables.

Everything a person wrote or was told is encrypted (``LargeBinary``). What must be found by
(an openid, an expiry date) is in clear, and an openid stands in ``contacts`` alone.
"""

from bot.store.tables import house, orders, people, renewals
from bot.store.tables.columns import instant, metadata, micros
from bot.store.tables.renewals import OPEN

__all__ = ["OPEN", "house", "instant", "metadata", "micros", "orders", "people", "renewals"]

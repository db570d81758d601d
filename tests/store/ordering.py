"""Welders with something to pay."""

from bot.domain.form import Form
from bot.domain.order import Item
from bot.messages import Said

ITEMS = (Item("training", "安全培训服务费", 100), Item("paperwork", "材料整理服务费", 300))
NUDGES = (Said("pay.nudge", "soon"), Said("pay.nudge", "tomorrow"))
NAME = "张大林"


def accept(house, contact, name=NAME):
    with house.conversations.open(contact) as conversation:
        his, now = conversation.applications, house.clock.now()
        his.begin(now)
        his.fill(Form(name), now)
        his.happen("submit", "welder", now)
        his.happen("accept", "operator", now)


def order(house, contact, name=NAME, items=ITEMS):
    accept(house, contact, name)
    with house.conversations.open(contact) as conversation:
        return conversation.orders.create(items, house.clock.now(), NUDGES)


def close(house, contact):
    with house.conversations.open(contact) as conversation:
        conversation.orders.close(house.clock.now())

"""The receipt as a picture: once for a payment, after the words, and never in their place."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.order import Item
from bot.export.picture import NotDrawn
from bot.handlers.router import answer
from bot.messages import Said
from bot.ports import SendFailed
from bot.scheduler.receipting import WORTH, Receipter
from bot.scheduler.run import make_sender, make_workshop
from bot.scheduler.workshop import MOST_TRIES, Workshop
from tests.conftest import incoming
from tests.store.people import at, today, welder
from tests.store.test_orders import opened, ordered, paid
from tests.talk import NotingCourier


class Studio:
    """Draws and uploads as told; notes what it drew."""

    def __init__(self):
        self.cards, self.uploads, self.fails = [], [], []
        self.picture = b"a picture"

    def draw(self, card):
        self.cards.append(card)
        if self.fails and isinstance(self.fails[0], NotDrawn):
            raise self.fails.pop(0)
        return self.picture

    def upload(self, picture):
        if self.fails:
            raise self.fails.pop(0)
        self.uploads.append(picture)
        return f"media{len(self.uploads)}"


class Album(NotingCourier):
    """Notes pictures too."""

    def service(self, openid, said):
        super().service(openid, said)
        self.sent[-1] = (openid, said[0].image, said[0].text)


@pytest.fixture
def studio():
    return Studio()


@pytest.fixture
def contact(house):
    house.__dict__["courier"] = Album()
    at(house, today(house), 14, 5)
    return welder(house)


def pay(house, contact, payer="oWelder"):
    payment = opened(house, order := ordered(house, contact), payer=payer)
    paid(house, payment)
    return order


def work(house, studio):
    services = house.services
    hand = Receipter(services, house.orders, studio.draw, studio.upload)
    workshop = Workshop(services, {"receipt": hand})
    return [workshop.work(job) for job in services.jobs.due(house.clock.now())]


def sent(house):
    sender, outbox = make_sender(house), house.services.outbox
    while due := outbox.due(house.clock.now()):
        for message in due:
            sender.deliver(message)
    new, house.courier.sent = house.courier.sent, []
    return [(image, text[:4]) for _, image, text in new]


def cards(house):
    rows = house.services.outbox.history("oWelder")
    return [(one.state, one.reason) for one in rows if one.message.scope.endswith("/card")]


def left(house, contact):
    with house.conversations.open(contact) as conversation:
        now = house.clock.now()
        return conversation.ledger.rights(now).service(now)


def test_the_picture_follows_the_words_and_each_is_counted(house, contact, studio):
    pay(house, contact)
    before = left(house, contact)
    assert work(house, studio) == ["done"]
    assert sent(house) == [("", "收到您的"), ("media1", "")]
    assert left(house, contact) == before - 2
    assert studio.uploads == [b"a picture"]


def test_the_picture_says_what_was_paid_when_and_that_it_is_no_invoice(house, contact, studio):
    pay(house, contact)
    work(house, studio)
    (card,) = studio.cards
    assert card.title == "培训服务费付款凭证"
    assert card.items == (("安全培训服务费", "1.00元"), ("材料整理服务费", "3.00元"))
    assert card.total == ("一共", "4.00元")
    now = house.clock.now()
    day = f"{now:%Y}年{now.month}月{now.day}日"
    assert card.facts == (("付款时间", f"{day} 14:05"), ("微信支付单号", "42" * 14))
    assert "不是发票" in card.foot
    assert card.heading == house.library.organisation["name"]


def test_however_often_it_is_told_or_done_one_picture_goes(house, contact, studio):
    payment = opened(house, ordered(house, contact))
    for _ in range(3):
        paid(house, payment)
    (job,) = house.services.jobs.due(house.clock.now())
    taken = house.services.jobs.take(job, house.clock.now())
    hand = Receipter(house.services, house.orders, studio.draw, studio.upload)
    for _ in range(2):  # a worker that died after the first
        hand.do(taken, house.clock.now())
    assert [image for image, _ in sent(house) if image] == ["media1"]


def test_where_nothing_draws_the_words_are_all(house, contact, studio, caplog):
    studio.picture = None
    pay(house, contact)
    assert work(house, studio) == ["done"]
    assert sent(house) == [("", "收到您的")]
    assert not caplog.records


@pytest.mark.parametrize(
    ("error", "ends"),
    [
        (NotDrawn("took too long"), ["due", "done"]),
        (SendFailed("retry", -1, "busy"), ["due", "done"]),
        (SendFailed("unknown", 0, "cut"), ["due", "done"]),
        (SendFailed("never", 40009, "size"), ["dead"]),
    ],
)
def test_what_fails_is_tried_again_where_that_can_help(house, contact, studio, error, ends):
    pay(house, contact)
    studio.fails = [error]
    ended = work(house, studio)
    house.clock.advance(minutes=1)
    ended += work(house, studio)
    assert ended == ends
    assert len([image for image, _ in sent(house) if image]) == ends.count("done")


def test_it_is_given_up_without_a_word(house, contact, studio):
    pay(house, contact)
    studio.fails = [NotDrawn("x") for _ in range(9)]
    ended = []
    for _ in range(6):
        ended += work(house, studio)
        house.clock.advance(minutes=2)
    assert ended == ["due"] * (MOST_TRIES - 1) + ["dead"]
    assert sent(house) == [("", "收到您的")]


def test_who_pays_at_night_gets_both_in_the_morning(house, contact, studio):
    at(house, today(house), 22, 30)
    pay(house, contact)
    assert work(house, studio) == ["done"]
    assert sent(house) == []
    at(house, today(house) + timedelta(days=1), 8, 1)
    assert sent(house) == [("", "收到您的"), ("media1", "")]


def test_a_picture_that_could_not_leave_in_time_is_dropped(house, contact, studio):
    pay(house, contact)
    work(house, studio)
    house.clock.advance(seconds=WORTH.total_seconds())
    assert [image for image, _ in sent(house) if image] == []
    assert cards(house) == [("dead", "too_late")]


def test_a_picture_that_found_no_way_says_nothing_at_the_next_contact(house, contact, studio):
    house.clock.advance(hours=49)  # another pays, and opens no window for him
    pay(house, contact, payer="oAnother")
    work(house, studio)
    assert sent(house) == []
    assert cards(house)[0][0] == "parked"
    said = answer(incoming("在吗", at=house.clock.now()), house.services).said
    assert [one.text[:4] for one in said if one.key == "pay.told.paid"] == ["收到您的"]
    assert all(one.text and not one.image for one in said)
    assert cards(house)[0][0] == "shown"


def test_alone_it_does_not_even_announce_itself(house, contact, studio):
    pay(house, contact, payer="oAnother")
    assert sent(house) == [("", "收到您的")]
    house.clock.advance(hours=49)
    work(house, studio)
    assert sent(house) == []
    said = answer(incoming("在吗", at=house.clock.now()), house.services).said
    assert "waiting.intro" not in [one.key for one in said]
    assert cards(house)[0][0] == "shown"


def test_nothing_is_drawn_of_who_was_forgotten(house, contact, studio):
    pay(house, contact)
    (job,) = house.services.jobs.due(house.clock.now())
    taken = house.services.jobs.take(job, house.clock.now())
    with house.conversations.open(contact) as conversation:
        conversation.wipe(house.clock.now())
    Receipter(house.services, house.orders, studio.draw, studio.upload).do(taken, house.clock.now())
    assert studio.cards == []
    assert house.services.jobs.due(house.clock.now()) == []


def test_what_was_paid_twice_or_late_has_no_receipt(house, contact, studio):
    first = opened(house, order := ordered(house, contact))
    house.orders.closed(first.number, house.clock.now())
    second = opened(house, order, "native", "")
    paid(house, second)
    paid(house, first)
    assert work(house, studio) == ["done"]
    assert len(studio.cards) == 1


def test_a_real_worker_has_the_hand(house):
    assert isinstance(make_workshop(house).hands["receipt"], Receipter)


def test_markup_in_a_name_is_drawn_as_it_is(house, contact, studio):
    order = pay(house, contact)
    changed = replace(house.orders.find(order.id), items=(Item("x", "<a & b>", 100),))
    hand = Receipter(house.services, house.orders, studio.draw, studio.upload)
    card = hand.card(changed, changed.payments[0].number)
    assert card.items == (("<a & b>", "1.00元"),)


def test_a_picture_has_no_words(house):
    assert house.services.render((Said("a", "一"), Said("p", "", image="m"), Said("b", "二"))) == (
        "一\n二"
    )

"""Orders: made in a talk, paid once whatever arrives, and kept when their person is forgotten."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from bot.domain.order import NotNow
from bot.ports import Return, Trade
from tests.store.ordering import ITEMS
from tests.store.ordering import accept as accepted
from tests.store.ordering import order as ordered
from tests.store.people import welder

PAYER = "oWelder"


@pytest.fixture
def contact(house):
    return welder(house, PAYER)


def opened(house, order, way="jsapi", payer=PAYER):
    return house.orders.open_payment(order.id, way, payer, house.clock.now())


def trade(house, payment, fen=None):
    return Trade(payment.number, "paid", fen or payment.fen, "42" * 14, house.clock.now())


def paid(house, payment, fen=None):
    return house.orders.paid(trade(house, payment, fen), house.clock.now())


def application(house, contact):
    with house.conversations.open(contact) as conversation:
        return conversation.applications.latest()


def told(house, openid=PAYER):
    """Keys of what waits for him or was told, and how the row stands."""
    rows = house.services.outbox.history(openid)
    return [(one.message.said[0].key, one.state) for one in rows if one.message.said]


def test_an_order_has_the_items_as_they_were_and_moves_the_application(house, contact):
    order = ordered(house, contact)
    assert (order.state, order.items, order.fen) == ("unpaid", ITEMS, 400)
    assert application(house, contact).state == "ordered"
    assert told(house) == [("pay.nudge", "due"), ("pay.nudge", "due")]


def test_a_second_order_is_the_first(house, contact):
    order = ordered(house, contact)
    with house.conversations.open(contact) as conversation:
        assert conversation.orders.create(ITEMS[:1], house.clock.now()).id == order.id


def test_nothing_can_be_ordered_before_the_papers_are_accepted(house, contact):
    with house.conversations.open(contact) as conversation, pytest.raises(LookupError):
        conversation.orders.create(ITEMS, house.clock.now())


def test_the_same_payer_finds_his_payment_again(house, contact):
    order = ordered(house, contact)
    assert opened(house, order) == opened(house, order)


@pytest.mark.parametrize(("way", "payer"), [("native", PAYER), ("jsapi", "oAnother")])
def test_another_way_or_payer_waits_until_the_first_payment_is_closed(house, contact, way, payer):
    order = ordered(house, contact)
    first = opened(house, order)
    assert opened(house, order, way, payer) == first.number
    house.orders.closed(first.number, house.clock.now())
    second = opened(house, order, way, payer)
    assert second.number != first.number
    assert [one.state for one in house.orders.find(order.id).payments] == ["closed", "open"]


def test_two_who_open_at_once_find_one_payment(house, contact):
    order = ordered(house, contact)
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: opened(house, order), range(8)))
    assert len({one.number for one in found}) == 1


def test_a_payment_is_paid_once_however_often_it_is_told(house, contact):
    payment = opened(house, order := ordered(house, contact))
    with ThreadPoolExecutor(5) as pool:
        news = list(pool.map(lambda _: paid(house, payment), range(10)))
    assert news.count(True) == 1
    found = house.orders.find(order.id)
    assert (found.state, [h.deed for h in found.history]) == ("paid", ["pay"])
    assert application(house, contact).state == "studying"
    assert told(house) == [
        ("pay.nudge", "cancelled"),
        ("pay.nudge", "cancelled"),
        ("pay.told.paid", "due"),
    ]


def test_an_amount_that_is_not_the_orders_changes_nothing(house, contact):
    payment = opened(house, order := ordered(house, contact))
    with pytest.raises(NotNow):
        paid(house, payment, fen=1)
    assert house.orders.find(order.id).state == "unpaid"


def test_a_number_that_is_not_ours_is_told_apart(house, contact):
    with pytest.raises(LookupError):
        house.orders.paid(Trade("X" * 32, "paid", 1), house.clock.now())


def test_what_is_paid_after_closing_goes_back(house, contact):
    payment = opened(house, order := ordered(house, contact))
    with house.conversations.open(contact) as conversation:
        conversation.orders.close(house.clock.now())
    assert house.orders.find(order.id).state == "closed"
    assert application(house, contact).state == "accepted"
    assert house.errands.due(house.clock.now()) == [payment.number]  # WeChat is to close it
    paid(house, payment)
    found = house.orders.find(order.id)
    (refund,) = found.refunds
    assert (found.state, refund.fen, refund.reason, refund.state) == (
        "refunding",
        400,
        "late",
        "due",
    )
    assert application(house, contact).state == "accepted"
    assert told(house)[-1] == ("pay.told.late", "due")


def test_what_is_paid_twice_goes_back_and_the_order_stays_paid(house, contact):
    first = opened(house, order := ordered(house, contact))
    house.orders.closed(first.number, house.clock.now())
    second = opened(house, order, "native")
    assert paid(house, second)
    assert paid(house, first)
    found = house.orders.find(order.id)
    (refund,) = found.refunds
    assert (found.state, refund.payment, refund.reason) == ("paid", first.number, "twice")
    back = Return(refund.number, first.number, 400, "done", house.clock.now())
    assert house.orders.given_back(back, house.clock.now())
    assert not house.orders.given_back(back, house.clock.now())
    assert house.orders.find(order.id).state == "paid"
    assert house.orders.books().kept == 400


def test_a_part_goes_back_and_then_the_rest(house, contact):
    payment = opened(house, order := ordered(house, contact))
    paid(house, payment)
    for fen, state in ((150, "paid"), (250, "refunded")):
        now = house.clock.now()
        refund = house.orders.ask_refund(order.id, fen, "wish", "ling", now)
        assert house.orders.find(order.id).state == "refunding"
        with pytest.raises(NotNow):
            house.orders.ask_refund(order.id, 1, "wish", "ling", now)
        house.orders.given_back(Return(refund.number, payment.number, fen, "processing"), now)
        house.orders.given_back(Return(refund.number, payment.number, fen, "done", now), now)
        assert house.orders.find(order.id).state == state
    assert (house.orders.books().taken, house.orders.books().kept) == (400, 0)


def test_a_refund_that_failed_leaves_the_money_here(house, contact):
    payment = opened(house, order := ordered(house, contact))
    paid(house, payment)
    now = house.clock.now()
    refund = house.orders.ask_refund(order.id, 400, "wish", "ling", now)
    house.orders.given_back(Return(refund.number, payment.number, 400, "failed", now), now)
    assert house.orders.find(order.id).state == "paid"
    assert house.orders.ask_refund(order.id, 400, "wish", "ling", now).state == "due"


def test_above_the_limit_a_second_person_must_agree(house, contact):
    payment = opened(house, order := ordered(house, contact))
    paid(house, payment)
    now, desk = house.clock.now(), house.orders
    object.__setattr__(desk, "alone_up_to", 399)
    refund = desk.ask_refund(order.id, 400, "wish", "ling", now)
    assert (refund.state, house.errands.due(now)) == ("asked", [])
    with pytest.raises(NotNow):
        desk.agree(refund.number, "ling", now, yes=True)
    desk.agree(refund.number, "mei", now, yes=False)
    assert desk.find(order.id).state == "paid"
    again = desk.ask_refund(order.id, 400, "wish", "ling", now)
    desk.agree(again.number, "mei", now, yes=True)
    assert house.errands.due(now) == [again.number]


def test_an_order_that_nobody_pays_is_closed_and_he_is_told(house, contact):
    order = ordered(house, contact)
    house.clock.advance(hours=47)
    assert house.orders.expire(house.clock.now()) == 0
    house.clock.advance(hours=1)
    assert house.orders.expire(house.clock.now()) == 1
    assert house.orders.expire(house.clock.now()) == 0
    assert house.orders.find(order.id).state == "closed"
    assert application(house, contact).state == "accepted"
    assert told(house)[-1] == ("pay.told.expired", "due")


def test_whoever_leaves_the_order_by_another_way_need_not_pay(house, contact):
    order = ordered(house, contact)
    with house.conversations.open(contact) as conversation:
        conversation.applications.happen("file", "welder", house.clock.now())
    found = house.orders.find(order.id)
    assert (found.state, [h.deed for h in found.history]) == ("closed", ["close"])


def test_the_books_stay_when_their_person_is_forgotten(house, contact):
    payment = opened(house, order := ordered(house, contact))
    paid(house, payment)
    with house.conversations.open(contact) as conversation:
        conversation.orders.ask_invoice(
            order.id, "大林建筑有限公司", "91500000MA5U000000", house.clock.now()
        )
        conversation.wipe(house.clock.now())
    found = house.orders.find(order.id)
    assert (found.contact_id, found.application_id, found.invoice) == (None, None, None)
    assert (found.state, house.orders.books().kept) == ("paid", 400)
    refund = house.orders.ask_refund(order.id, 400, "wish", "ling", house.clock.now())
    back = Return(refund.number, payment.number, 400, "done", house.clock.now())
    assert house.orders.given_back(back, house.clock.now())
    assert house.orders.find(order.id).state == "refunded"


def test_whoever_is_forgotten_before_he_pays_gets_his_money_back(house, contact):
    payment = opened(house, order := ordered(house, contact))
    with house.conversations.open(contact) as conversation:
        conversation.wipe(house.clock.now())
    assert house.orders.find(order.id).state == "closed"
    assert paid(house, payment)
    assert house.orders.find(order.id).refunds[0].reason == "late"


def test_who_pays_himself_may_be_written_to_for_two_days(house, contact):
    house.clock.advance(hours=49)
    payment = opened(house, ordered(house, contact))
    paid(house, payment)
    with house.conversations.open(contact) as conversation:
        rights = conversation.ledger.rights(house.clock.now())
    assert rights.service(house.clock.now() + timedelta(hours=47)) > 100


def test_questions_to_wechat_come_later_and_later(house, contact):
    payment = opened(house, ordered(house, contact))
    gaps = []
    for _ in range(6):
        before = house.clock.now()
        while not house.errands.due(house.clock.now()):
            house.clock.advance(seconds=5)
        gaps.append((house.clock.now() - before).seconds)
        assert house.errands.take(payment.number, house.clock.now()).number == payment.number
        assert house.errands.take(payment.number, house.clock.now()) is None
    assert gaps == [20, 20, 30, 60, 120, 300]


def test_whoever_is_purged_leaves_the_books_and_what_he_has_not_paid_is_closed(house, contact):
    payment = opened(house, order := ordered(house, contact))
    now = house.clock.now()
    with house.conversations.open(contact) as conversation:
        conversation.unfollow(now, now)
    house.clock.advance(days=31)
    assert house.services.outbox.forget(house.clock.now())
    found = house.orders.find(order.id)
    assert (found.contact_id, found.state, found.history[-1].deed) == (None, "closed", "close")
    assert house.errands.due(house.clock.now()) == [payment.number]
    assert paid(house, payment)
    assert house.orders.find(order.id).refunds[0].reason == "late"


# what goes back by rule


def application_deeds(house, contact, *deeds):
    with house.conversations.open(contact) as conversation:
        for deed, by in deeds:
            conversation.applications.happen(deed, by, house.clock.now())


def withdraw(house, contact):
    with house.conversations.open(contact) as conversation:
        before, now = conversation.applications.current(), house.clock.now()
        conversation.applications.happen("withdraw", "welder", now)
        conversation.orders.give_back(before, "withdrawn", now)


def refunds(house, order):
    return [(one.fen, one.reason, one.state) for one in house.orders.find(order.id).refunds]


def test_withdrawing_a_new_application_gives_nothing_back_of_an_old_one(house, contact):
    paid(house, opened(house, order := ordered(house, contact)))
    application_deeds(house, contact, ("file", "welder"), ("renew", "welder"))
    accepted(house, contact)
    withdraw(house, contact)
    assert refunds(house, order) == []


def test_who_has_passed_has_had_the_service(house, contact):
    paid(house, opened(house, order := ordered(house, contact)))
    application_deeds(house, contact, ("pass", "system"))
    withdraw(house, contact)
    assert refunds(house, order) == []


def test_whoever_withdraws_while_a_part_is_asked_for_gets_all_of_it(house, contact):
    paid(house, opened(house, order := ordered(house, contact)))
    desk, now = house.orders, house.clock.now()
    object.__setattr__(desk, "alone_up_to", 0)
    desk.ask_refund(order.id, 50, "mistake", "ling", now)
    withdraw(house, contact)
    assert refunds(house, order) == [(50, "mistake", "due"), (350, "withdrawn", "due")]
    for refund in desk.find(order.id).refunds:
        desk.given_back(Return(refund.number, refund.payment, refund.fen, "done", now), now)
    assert (desk.find(order.id).state, desk.books().kept) == ("refunded", 0)


def test_of_two_payments_each_goes_back_once(house, contact):
    first = opened(house, order := ordered(house, contact))
    house.orders.closed(first.number, house.clock.now())
    second = opened(house, order, "native")
    paid(house, second)
    paid(house, first)
    now = house.clock.now()
    (twice,) = house.orders.find(order.id).refunds
    house.orders.given_back(Return(twice.number, first.number, 400, "done", now), now)
    withdraw(house, contact)
    found = house.orders.find(order.id).refunds
    assert [(one.payment, one.fen) for one in found] == [(first.number, 400), (second.number, 400)]


def test_slices_do_not_walk_round_the_second_person(house, contact):
    paid(house, opened(house, order := ordered(house, contact)))
    desk, now = house.orders, house.clock.now()
    object.__setattr__(desk, "alone_up_to", 200)
    first = desk.ask_refund(order.id, 200, "wish", "ling", now)
    desk.given_back(Return(first.number, first.payment, 200, "done", now), now)
    assert (first.state, desk.ask_refund(order.id, 1, "wish", "ling", now).state) == (
        "due",
        "asked",
    )


def test_a_refund_that_failed_is_shown_to_an_operator_and_may_still_come_right(house, contact):
    payment = opened(house, order := ordered(house, contact))
    paid(house, payment)
    desk, now = house.orders, house.clock.now()
    refund = desk.ask_refund(order.id, 400, "wish", "ling", now)
    back = Return(refund.number, payment.number, 400, "failed", now)
    desk.given_back(back, now)
    assert house.errands.due(now) == [refund.number]
    desk.heard(refund.number)
    assert house.errands.due(now) == []
    assert desk.given_back(Return(refund.number, payment.number, 400, "done", now), now)
    assert (desk.find(order.id).state, desk.books().kept) == ("refunded", 0)


def test_a_late_payment_that_cannot_go_back_does_not_make_its_order_paid(house, contact):
    payment = opened(house, order := ordered(house, contact))
    with house.conversations.open(contact) as conversation:
        conversation.orders.close(house.clock.now())
    paid(house, payment)
    now = house.clock.now()
    (refund,) = house.orders.find(order.id).refunds
    house.orders.given_back(Return(refund.number, payment.number, 400, "failed", now), now)
    assert house.orders.find(order.id).state == "closed"
    assert house.orders.ask_refund(order.id, 400, "late", "ling", now).state == "due"


def test_an_invoice_is_not_issued_for_what_has_gone_back(house, contact):
    payment = opened(house, order := ordered(house, contact))
    paid(house, payment)
    now = house.clock.now()
    with house.conversations.open(contact) as conversation:
        conversation.orders.ask_invoice(order.id, "张大林", "", now)
    refund = house.orders.ask_refund(order.id, 400, "wish", "ling", now)
    house.orders.given_back(Return(refund.number, payment.number, 400, "done", now), now)
    with pytest.raises(NotNow):
        house.orders.issued(order.id, now)


def test_whoever_is_purged_gets_back_what_he_has_not_had(house, contact):
    payment = opened(house, order := ordered(house, contact))
    paid(house, payment)
    now = house.clock.now()
    with house.conversations.open(contact) as conversation:
        conversation.unfollow(now, now)
    house.clock.advance(days=31)
    assert house.services.outbox.forget(house.clock.now())
    assert refunds(house, order) == [(400, "withdrawn", "due")]
    assert house.errands.due(house.clock.now()) == [
        refund.number for refund in house.orders.find(order.id).refunds
    ]

"""Nothing a person told stands anywhere in clear; once forgotten, no key brings it back."""

import base64
import json
import logging
from pathlib import Path

import pytest

from bot.domain.form import Form
from bot.domain.photo import Field, PhotoReading
from bot.handlers.router import answer
from bot.logs import Masked
from bot.messages import Reply, Said
from bot.ports import Delivery, Outgoing, Sight, Timer
from bot.scheduler.clock import tick
from bot.store import data_key, forgetting
from bot.store.cipher import Unreadable
from bot.store.database import file_of
from bot.store.driver import Statement
from bot.store.tables import metadata
from tests.conftest import incoming
from tests.store.people import at, save, send, today, welder

NAME, ID, PHONE, EMPLOYER = "欧阳铁柱", "510212197001010012", "13987654321", "梁平县红旗安装队"
NUMBER = "渝F042019012345"
PICTURE = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 200
FORM = Form(NAME, ID, PHONE, EMPLOYER, years="12", number=NUMBER)
FRONT = PhotoReading("id_front", {"name": Field(NAME, 0.99), "id_number": Field(ID, 1.0)})
ALL = f"{NAME} {ID} {PHONE} {EMPLOYER} {NUMBER}"

SECRETS = (NAME, ID, PHONE, EMPLOYER, NUMBER)
NEEDLES = {
    form
    for text in SECRETS
    for form in (
        text.encode(),
        text.encode("utf-16-le"),
        json.dumps(text).strip('"').encode(),
        base64.b64encode(text.encode())[:-4],
    )
} | {PICTURE[:64], PICTURE[600:700]}

PLACES = (
    "arrivals.body", "arrivals.reply", "contacts.session", "outbox.said", "certificates.number",
    "human_requests.words", "unanswered.words", "jobs.payload", "phone_codes.phone",
    "phone_codes.code", data_key.PLACE, "form", "note", "reading", "picture",
)  # fmt: skip


def tells_everything(house, openid="oWelder"):
    """One person tells all there is to tell, by every way there is; returns his contact."""
    now = house.clock.now()
    contact = welder(house, openid)
    arrival = house.conversations.arrive(incoming(ALL, openid=openid), now)
    with house.conversations.open(contact) as conversation:
        conversation.finish(conversation.next_arrival(), Reply((Said("k", ALL),)))
        conversation.keep_session(json.dumps({"answers": ALL}, ensure_ascii=False), 3)
        conversation.mailbox.queue(Outgoing("human_reply", "1", now, (Said("k", ALL),)))
        conversation.mailbox.set_timer(Timer("quiet", "", now, 3))
        conversation.request_human("asked", ALL, now)
        conversation.feedback.unanswered(ALL, now)
        conversation.feedback.rate("fees", True, now)
        conversation.jobs.add("listen", "1", json.dumps({"said": ALL}, ensure_ascii=False), now)
        conversation.agreements.give("identity", "1", now)
        conversation.ledger.consent("tpl_expiry", accepted=True)
        conversation.phone_codes.make(PHONE, now)
        his = conversation.applications
        his.begin(now)
        his.fill(FORM, now)
        for document in ("id_front", "portrait"):
            photo = his.add_photo(document, "chat", '{"media": "m"}', now)
            his.keep_sight(photo, Sight(PICTURE, FRONT), document, now)
        his.confirm(1, FRONT, "id_front", now)
        his.happen("submit", "welder", now, (), f"我是{ALL}")
    assert arrival.contact_id == contact
    save(house, contact, today(house))
    with house.database.write() as connection:
        sealed = house.cipher.seal(NUMBER, "certificates.number", contact)
        connection.execute(
            Statement("UPDATE certificates SET number = :number WHERE contact_id = :id"),
            {"number": sealed, "id": contact},
        )
    return contact


def dump(house):
    """Every value of every column of every row, as (table, column, value)."""
    found = []
    with house.database.read() as connection:
        for table in metadata.tables.values():
            rows = connection.execute(Statement(f"SELECT * FROM {table.name}")).all()
            for row in rows:
                found += [
                    (table.name, column, bytes(value) if isinstance(value, memoryview) else value)
                    for column, value in zip(row._fields, row, strict=True)
                ]
    return found


def raw(house):
    """The bytes of the SQLite file and what lies beside it; nothing for PostgreSQL."""
    path = file_of(house.settings.database_url)
    return b"".join(p.read_bytes() for p in path.parent.glob(f"{path.name}*")) if path else b""


def blobs(house):
    return {value for _, _, value in dump(house) if isinstance(value, bytes) and value}


def opened(house, sealed_texts):
    """Everything that can be had of these ciphertexts by whoever holds the ring."""
    rows = range(1, 40)
    ciphers = [house.cipher]
    for sealed in sealed_texts:
        for row in rows:
            try:
                ciphers.append(data_key.unwrap(house.cipher, sealed, row))
            except (Unreadable, ValueError):
                continue
    found = []
    for sealed in sealed_texts:
        for cipher in ciphers:
            for place in PLACES:
                for row in rows:
                    try:
                        found.append(cipher.open_bytes(sealed, place, row))
                    except Unreadable:
                        continue
    return found


def holds(haystack, needles=NEEDLES):
    return {needle for needle in needles if needle in haystack}


def text_of(found):
    return b"\n".join(
        value if isinstance(value, bytes) else str(value).encode() for _, _, value in found
    )


@pytest.fixture
def at_once(monkeypatch):
    """Sweep up at the next tick: the platform's retries are not waited for."""
    monkeypatch.setattr(forgetting, "RETRIES_END", 0)


def test_nothing_stands_in_clear_in_any_column_or_byte_of_the_file(house):
    tells_everything(house)
    assert holds(text_of(dump(house))) == set()
    assert holds(raw(house)) == set()
    # and yet it is all there, for who has the ring
    told = b"\n".join(opened(house, blobs(house)))
    assert {text for text in SECRETS if text.encode() in told} == set(SECRETS)
    assert PICTURE in told


def test_the_log_says_nothing_of_it(lite_house, caplog, monkeypatch):
    caplog.set_level(logging.DEBUG)
    caplog.handler.setFormatter(Masked("%(levelname)s %(name)s %(message)s"))
    for words in (ALL, f"我叫{NAME}", f"身份证{ID}", f"电话{PHONE}", f"单位是{EMPLOYER}", "人工"):
        answer(incoming(words), lite_house.services)
    monkeypatch.setattr(lite_house.script.__class__, "flows", None)  # a turn that fails
    answer(incoming(ALL), lite_house.services)
    monkeypatch.undo()
    tells_everything(lite_house, "oOther")
    with lite_house.conversations.open(2) as conversation:
        conversation.wipe(lite_house.clock.now())
    tick(lite_house.services)
    assert "turn failed" in caplog.text
    assert holds(caplog.text.encode()) == set()


def forget(house, contact, words="删除我的资料，我叫" + ALL):
    """He asks to be forgotten, and is answered; returns what was sealed before."""
    before = blobs(house)
    house.conversations.arrive(incoming(words), house.clock.now())
    with house.conversations.open(contact) as conversation:
        arrival = conversation.next_arrival()
        conversation.ledger.grant(arrival.incoming, house.clock.now())
        conversation.keep_session(json.dumps({"answers": ALL}, ensure_ascii=False), 4)
        conversation.wipe(house.clock.now())
        conversation.keep_session(json.dumps({"answers": ALL}, ensure_ascii=False), 5)
        conversation.finish(arrival, Reply((Said("k", f"都删了，{NAME}"),)))
    return before


def test_who_was_forgotten_is_beyond_every_key(house, at_once):
    contact = tells_everything(house)
    forget(house, contact)
    house.services.retention.sweep(house.clock.now())
    left = b"\n".join([text_of(dump(house)), *opened(house, blobs(house))])
    assert holds(left) == set()
    assert {text for text in SECRETS if text.encode() in left} == set()


def test_the_former_ciphertexts_are_gone_from_the_rows(house, at_once):
    contact = tells_everything(house)
    before = forget(house, contact)
    assert len(before) > 15
    house.services.retention.sweep(house.clock.now())
    assert blobs(house) & before == set()


def test_the_former_ciphertexts_are_gone_from_the_file_and_its_log(lite_house, at_once):
    contact = tells_everything(lite_house)
    before = forget(lite_house, contact)
    ends = {sealed[-40:] for sealed in before}  # a picture does not lie in one piece
    assert holds(raw(lite_house), ends)
    tick(lite_house.services)
    assert holds(raw(lite_house), ends) == set()
    log = Path(f"{file_of(lite_house.settings.database_url)}-wal")
    assert log.stat().st_size < 100_000, "what the next writes need, and no more"


def test_among_many_people_only_he_is_gone_from_the_file(lite_house, at_once):
    """Pages that were split while the table grew hold no copy of his key."""
    people = [welder(lite_house, f"o{n}") for n in range(150)]
    sealed = {}
    for one in people:
        with lite_house.conversations.open(one) as conversation:
            conversation.applications.begin(lite_house.clock.now())
    for length in (5, 60, 20):
        for one in people:
            with lite_house.conversations.open(one) as conversation:
                form = Form(name=NAME, employer=EMPLOYER * length)
                conversation.applications.fill(form, lite_house.clock.now())
    with lite_house.database.read() as connection:
        for row in connection.execute(Statement("SELECT * FROM applications")):
            sealed[row.contact_id] = row.data_key
    gone = people[::2]
    for one in gone:
        with lite_house.conversations.open(one) as conversation:
            conversation.wipe(lite_house.clock.now())
    tick(lite_house.services)
    there = raw(lite_house)
    assert [one for one in gone if sealed[one][-32:] in there] == []
    assert all(sealed[one] in there for one in people if one not in gone)


def test_other_people_are_left_alone(house, at_once):
    contact, other = tells_everything(house), welder(house, "oOther")
    with house.conversations.open(other) as conversation:
        conversation.applications.begin(house.clock.now())
        conversation.applications.fill(FORM, house.clock.now())
        conversation.keep_session('{"answers": 1}', 2)
    forget(house, contact)
    house.services.retention.sweep(house.clock.now())
    with house.conversations.open(other) as conversation:
        assert conversation.applications.current().form == FORM
        assert conversation.person.session == '{"answers": 1}'


def test_the_turn_that_forgets_still_answers_and_its_retry_too(house):
    contact = tells_everything(house)
    asked = incoming("删除")
    arrival = house.conversations.arrive(asked, house.clock.now())
    reply = Reply((Said("k", "都删了"),))
    with house.conversations.open(contact) as conversation:
        conversation.wipe(house.clock.now())
        assert conversation.finish(conversation.next_arrival(), reply)
    assert house.conversations.reply(arrival.id) == reply
    assert house.conversations.arrive(asked, house.clock.now()).reply == reply
    house.services.retention.sweep(house.clock.now())
    assert house.conversations.reply(arrival.id) == reply


def test_its_answer_goes_last(house, at_once):
    contact = tells_everything(house)
    forget(house, contact)
    house.services.retention.sweep(house.clock.now())
    with house.database.read() as connection:
        rows = connection.execute(Statement("SELECT body, reply FROM arrivals")).all()
    assert [(bytes(row.body), row.reply) for row in rows] == [(b"", None)] * len(rows)


def test_what_he_says_afterwards_is_heard(house):
    contact = tells_everything(house)
    house.conversations.arrive(incoming("删除"), house.clock.now())
    house.conversations.arrive(incoming("您好"), house.clock.now())
    with house.conversations.open(contact) as conversation:
        conversation.wipe(house.clock.now())
        conversation.finish(conversation.next_arrival(), Reply())
    with house.conversations.open(contact) as conversation:
        assert conversation.person.session is None
        assert conversation.next_arrival().incoming.text == "您好"
        conversation.keep_session("{}", 1)
    with house.conversations.open(contact) as conversation:
        assert conversation.person.session == "{}"


def test_nothing_of_his_is_left_but_that_he_follows(house):
    contact = tells_everything(house)
    forget(house, contact)
    left = {table for table, _, _ in dump(house)}
    assert left == {
        "contacts", "arrivals", "agreements", "applications", "phone_codes", "clockwork",
    }  # fmt: skip
    with house.conversations.open(contact) as conversation:
        assert conversation.person.followed
        assert conversation.agreements.given() == {}
        assert conversation.applications.latest() is None


def test_a_message_on_its_way_is_forgotten_too(house):
    contact = tells_everything(house)
    (due,) = house.services.outbox.due(house.clock.now())[:1]
    taken = send(house, due)
    forget(house, contact)
    house.services.outbox.settle(taken, Delivery("sent"), house.clock.now())
    assert house.services.outbox.history("oWelder") == []


def test_a_photo_that_is_being_read_comes_too_late(house):
    contact = tells_everything(house)
    now = house.clock.now()
    with house.conversations.open(contact) as conversation:
        photo = conversation.applications.add_photo("id_back", "chat", "{}", now)
    forget(house, contact)
    with house.conversations.open(contact) as conversation:
        sight = Sight(PICTURE, FRONT)
        assert not conversation.applications.keep_sight(photo, sight, "id_back", now)


def test_whoever_left_is_swept_from_the_file_as_well(lite_house, at_once):
    contact = tells_everything(lite_house)
    before = {sealed[-40:] for sealed in blobs(lite_house)}
    now = lite_house.clock.now()
    with lite_house.conversations.open(contact) as conversation:
        conversation.unfollow(now, now)
    lite_house.clock.advance(days=31)
    tick(lite_house.services)
    assert {table for table, _, _ in dump(lite_house)} <= {"clockwork"}
    assert holds(raw(lite_house), before) == set()


def test_the_sweeping_waits_for_whoever_reads(lite_house, at_once):
    """A reader holds former pages: the log is cut when he has done."""
    contact = tells_everything(lite_house)
    ends = {sealed[-40:] for sealed in forget(lite_house, contact)}
    with lite_house.database.read() as connection:
        connection.raw.execute("PRAGMA busy_timeout=50")
        connection.raw.execute("BEGIN")
        connection.raw.execute("SELECT * FROM arrivals").fetchall()
        tick(lite_house.services)
        connection.raw.execute("COMMIT")
    tick(lite_house.services)
    assert holds(raw(lite_house), ends) == set()


def test_nothing_is_swept_before_the_retries_are_over(house):
    contact = tells_everything(house)
    forget(house, contact)
    forgetting.tidy(house.database, house.clock.now())
    assert "forgotten" in {value for _, _, value in dump(house)}


def test_a_large_file_is_written_anew_at_night(lite_house, at_once, monkeypatch):
    monkeypatch.setattr(forgetting, "QUICK", 0)
    forget(lite_house, tells_everything(lite_house))
    at(lite_house, today(lite_house), 12)
    tick(lite_house.services)
    assert "rebuild" in {value for _, _, value in dump(lite_house)}
    at(lite_house, today(lite_house), 3)
    tick(lite_house.services)
    assert "rebuild" not in {value for _, _, value in dump(lite_house)}


def test_sweeping_is_over_when_nothing_is_left(house, at_once):
    forget(house, tells_everything(house))
    tick(house.services)
    assert {"forgotten", "rebuild"} & {value for _, _, value in dump(house)} == set()

"""A photo is fetched, read by a worker, kept sealed, and told about once."""

import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest

from bot.domain.photo import BAD_PHOTO, Field, PhotoReading
from bot.domain.photo_use import MOST_REFUSED
from bot.ports import BadPhoto, NotRead, SendFailed, Sending
from bot.scheduler.workshop import MOST_TRIES, Workshop
from tests.cloud.doubles import MemoryReader
from tests.scheduler.photos import BLURRED, CARD, FRONT, ID, PICTURE, UNKNOWN, Desk, Eyes
from tests.talk import NotingCourier

JPEG = b"\xff\xd8\xff\xe0" + bytes(range(256)) * 4


@pytest.fixture
def desk(house):
    return Desk(house, NotingCourier())


@pytest.fixture
def lite_desk(lite_house):
    return Desk(lite_house, NotingCourier())


def test_a_photo_is_fetched_read_and_kept_and_what_it_shows_is_asked_about(desk):
    desk.say("申请复审")
    assert desk.send_photo("m7").said[0].key == "documents.got"
    eyes = Eyes(FRONT)
    assert desk.work(eyes) == ["done"]
    assert eyes.asked == [(b"\xff\xd8 m7", "id_front")]
    assert desk.photos == [("id_front", "read")]
    (photo,) = desk.application.photos
    assert photo.reading == FRONT
    assert desk.does(lambda his: his.applications.picture(photo.id)) == PICTURE
    (told,) = desk.told()
    assert told.startswith("身份证正面（有照片的一面），我看到的是：\n姓名：张大林")
    desk.say("对")
    assert desk.application.form.name == "张大林"


def test_where_nothing_is_asked_he_is_told_how_to_go_on(desk):
    desk.receive()
    desk.work(Eyes(FRONT))
    assert desk.told() == ["身份证正面（有照片的一面）看好了。回复“申请复审”核对一下。"]


def test_a_photo_is_read_once_though_its_job_is_done_twice(desk):
    desk.receive()
    job, eyes = desk.take(), Eyes(FRONT)
    looker = desk.looker(eyes)
    looker.do(job, desk.house.clock.now())
    looker.do(job, desk.house.clock.now())
    assert len(eyes.asked) == len(desk.fetched) == 1
    assert len(desk.told()) == 1


def test_a_worker_that_dies_between_keeping_and_telling_is_followed_by_one_that_tells(
    desk, monkeypatch
):
    desk.receive()
    job, eyes = desk.take(), Eyes(FRONT)
    looker = desk.looker(eyes)
    with monkeypatch.context() as dying:
        dying.setattr(type(looker), "_tell", lambda *_: (_ for _ in ()).throw(SystemExit))
        with pytest.raises(SystemExit):
            looker.do(job, desk.house.clock.now())
    assert desk.photos == [("id_front", "read")]
    assert desk.told() == []
    looker.do(job, desk.house.clock.now())
    assert len(desk.told()) == 1
    assert len(eyes.asked) == 1


def test_two_who_read_it_at_once_keep_and_tell_it_once(desk):
    desk.receive()
    job = desk.take()
    other = desk.looker(Eyes(BLURRED))
    eyes = Eyes(FRONT)
    eyes.meanwhile = lambda: other.do(job, desk.house.clock.now())
    desk.looker(eyes).do(job, desk.house.clock.now())
    assert desk.photos == [("id_front", "refused")]
    assert len(desk.told()) == 1


@pytest.mark.parametrize("reason", BAD_PHOTO)
def test_what_is_no_photo_is_refused_with_words_that_help(lite_desk, library, reason):
    lite_desk.receive()
    assert lite_desk.work(Eyes(BadPhoto(reason))) == ["done"]
    assert lite_desk.photos == [("id_front", "refused")]
    (told,) = lite_desk.told()
    assert told.startswith("身份证正面（有照片的一面）这张不行：")
    assert library.words.say(f"photo.bad.{reason}") in told


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (NotRead("took too long", again=True), "看不了"),
        (SendFailed("retry", 0, "timeout"), "没取到"),
    ],
)
def test_what_may_go_later_is_tried_a_counted_number_of_times_and_then_told(
    desk, library, error, words
):
    def fetch(_media):
        if isinstance(error, SendFailed):
            raise error
        return b"x"

    desk.receive()
    ends = []
    for _ in range(MOST_TRIES + 2):
        ends += desk.work(Eyes(error), fetch=fetch)
        desk.house.clock.advance(minutes=5)
    assert ends == ["due"] * (MOST_TRIES - 1) + ["dead"]
    (told,) = desk.told()
    assert words in told
    assert "这张不行" not in told  # it is not his photo's fault
    assert desk.photos == [("id_front", "refused")]


def test_a_photo_that_cannot_be_read_at_all_is_told_at_once(desk):
    desk.receive()
    assert desk.work(Eyes(NotRead("no library", again=False))) == ["dead"]
    assert "看不了" in desk.told()[0]


def test_a_photo_that_the_platform_keeps_no_more_is_asked_for_again(desk):
    def gone(_media):
        raise SendFailed("never", 40007, "invalid media_id")

    desk.receive()
    eyes = Eyes(FRONT)
    assert desk.work(eyes, fetch=gone) == ["done"]
    assert desk.told() == ["这张照片没取到。麻烦您再发一次。"]
    assert not eyes.asked


def test_the_third_photo_of_a_paper_is_taken_whatever_its_quality(desk):
    eyes = Eyes(BLURRED)
    states = []
    for _ in range(MOST_REFUSED + 1):
        desk.receive("certificate")
        desk.work(eyes)
        states.append(desk.photos[-1])
        last = desk.told()
    assert states == [("certificate", "refused")] * MOST_REFUSED + [("certificate", "kept")]
    assert last == ["收到：焊工证。"]
    assert desk.photos == [("certificate", "kept")]  # the refused ones are gone


def test_photos_refused_of_one_paper_are_not_counted_against_another(desk):
    for document in ("id_front", "id_front", "certificate"):
        desk.receive(document)
        desk.work(Eyes(BLURRED))
    assert [state for _, state in desk.photos] == ["refused"] * 3


def test_another_paper_than_was_asked_for_is_taken_as_what_it_is(desk):
    desk.say("申请复审")
    desk.send_photo()
    desk.work(Eyes(CARD))
    assert desk.photos == [("certificate", "read")]
    (told,) = desk.told()
    assert told.startswith("焊工证，我看到的是：")
    said = desk.say("对").said
    assert said[0].text.startswith("第1样")  # the front is still asked for


def test_a_photo_that_nobody_can_place_is_asked_about(desk):
    desk.say("申请复审")
    desk.send_photo()
    desk.work(Eyes(UNKNOWN))
    assert desk.photos == [("", "read")]
    (told,) = desk.told()
    assert told.startswith("收到一张照片，我认不出是哪一样。")
    desk.say("焊工证")
    assert desk.photos == [("certificate", "kept")]


def test_a_photo_that_is_none_of_the_papers_is_forgotten(desk):
    desk.say("申请复审")
    desk.send_photo()
    desk.work(Eyes(UNKNOWN))
    desk.told()
    desk.say("都不是")
    assert desk.photos == []


def test_an_unplaced_photo_is_told_of_where_nothing_is_asked(desk):
    desk.send_photo()
    desk.work(Eyes(UNKNOWN))
    assert desk.told() == ["有张照片我认不出是哪一样。回复“申请复审”，我问您一声。"]


def test_a_paper_that_people_read_is_kept_without_a_question(desk):
    desk.receive("medical")
    desk.work(Eyes(PhotoReading(None, {}, ("no_text",))))
    assert desk.photos == [("medical", "kept")]
    assert desk.told() == ["收到：体检证明或自我承诺。"]


def withdrawn(conversation, now):
    conversation.agreements.withdraw("identity", now)
    conversation.applications.shred(now)


STOPS = {
    "consent withdrawn": withdrawn,
    "everything forgotten": lambda conversation, now: conversation.wipe(now),
    "application stopped": lambda conversation, now: conversation.applications.happen(
        "withdraw", "welder", now
    ),
}


@pytest.mark.parametrize("stop", STOPS)
@pytest.mark.parametrize("source", ["chat", "page"])
@pytest.mark.parametrize("seen", [FRONT, BadPhoto("kind"), NotRead("died", again=False)])
def test_what_was_stopped_while_it_was_read_is_neither_kept_nor_told(desk, stop, source, seen):
    if source == "page":
        uploaded(desk)
    else:
        desk.receive()
    eyes = Eyes(seen)
    eyes.meanwhile = lambda: desk.does(
        lambda conversation: STOPS[stop](conversation, desk.house.clock.now())
    )
    assert desk.work(eyes)
    assert desk.told() == []
    assert desk.does(lambda conversation: conversation.applications.current()) is None
    assert query(desk, "SELECT id FROM photos WHERE picture IS NOT NULL") == []
    assert query(desk, "SELECT id FROM jobs WHERE state = 'due'") == []


@pytest.mark.parametrize("stop", STOPS)
def test_what_was_stopped_before_it_was_read_is_not_even_fetched(desk, stop):
    desk.receive()
    desk.does(lambda conversation: STOPS[stop](conversation, desk.house.clock.now()))
    eyes = Eyes(FRONT)
    desk.work(eyes)
    assert desk.fetched == eyes.asked == desk.told() == []


def query(desk, sql):
    with desk.house.database.read() as connection:
        return connection.raw.execute(sql).fetchall()


def uploaded(desk, content=JPEG):
    what = Sending("id_front", len(content), hashlib.sha256(content).hexdigest())
    now = desk.house.clock.now()
    desk.does(lambda conversation: conversation.uploads.append(what, 0, content, now))


@pytest.mark.parametrize("seen", [FRONT, BLURRED, BadPhoto("damaged")])
def test_the_bytes_of_an_upload_are_read_and_then_dropped(desk, seen):
    uploaded(desk)
    eyes = Eyes(seen)
    assert desk.work(eyes) == ["done"]
    assert eyes.asked == [(JPEG, "id_front")]
    assert query(desk, "SELECT upload_id FROM upload_pieces") == []
    assert len(desk.told()) == 1


def test_an_upload_whose_pieces_are_gone_is_asked_for_again(desk):
    uploaded(desk)
    with desk.house.database.write() as connection:
        connection.raw.execute("DELETE FROM upload_pieces")
    desk.work(Eyes(FRONT))
    assert desk.told() == ["这张照片没取到。麻烦您再发一次。"]


def test_nine_photos_at_once_are_told_of_once_when_all_are_read(desk):
    for n in range(9):
        desk.send_photo(f"m{n}")
    assert len(desk.work(Eyes(FRONT))) == 9
    assert desk.told() == ["9张照片看好了。回复“申请复审”，一样一样核对。"]


def test_nine_photos_read_by_four_at_once_are_each_read_once(desk):
    for n in range(9):
        desk.send_photo(f"m{n}")
    eyes = Eyes(FRONT)
    workshop = Workshop(desk.house.services, {"read": desk.looker(eyes)})
    jobs = desk.house.services.jobs.due(desk.house.clock.now())
    with ThreadPoolExecutor(4) as workers:
        ends = list(workers.map(workshop.work, [*jobs, *jobs]))
    assert sorted(ends) == [""] * 9 + ["done"] * 9
    assert sorted(photo for photo, _ in eyes.asked) == [b"\xff\xd8 m%d" % n for n in range(9)]
    assert desk.photos == [("id_front", "read")] * 9
    assert 1 <= len(desk.told()) <= 4


def test_several_photos_sent_while_a_paper_is_asked_for_are_asked_about_in_turn(desk):
    desk.say("申请复审")
    for n in range(3):
        desk.send_photo(f"m{n}")
    desk.work(Eyes(FRONT, BLURRED, CARD))
    first, second = desk.told()
    assert first.startswith("身份证正面（有照片的一面），我看到的是：")
    assert second.startswith("身份证反面（有国徽的一面）这张不行：")
    assert desk.say("对").said[0].text.startswith("焊工证，我看到的是：")


def test_a_second_opinion_fills_what_the_first_has_not_seen(desk):
    desk.receive()
    first = PhotoReading("id_front", {"name": Field("张大林", 0.99)}, ("missing_id_number",))
    second = MemoryReader(id_front=[{"id_number": Field(ID, 0.95)}])
    desk.work(Eyes(first), second)
    (photo,) = desk.application.photos
    assert photo.reading.fields["id_number"].value == ID
    assert photo.reading.problems == ()


def test_without_a_second_opinion_the_first_stands(desk):
    desk.receive()
    desk.work(Eyes(FRONT), MemoryReader())
    assert desk.application.photos[0].reading == FRONT


def test_no_second_opinion_is_asked_of_papers_the_cloud_does_not_read(desk):
    desk.receive("certificate")
    second = MemoryReader(certificate=[{"number": Field("x", 0.9)}])
    desk.work(Eyes(CARD), second)
    assert second.answers["certificate"]


def test_a_photo_read_after_it_was_handed_in_is_left_to_the_operator(desk):
    desk.receive("medical")
    eyes = Eyes(UNKNOWN)
    now = desk.house.clock.now()
    eyes.meanwhile = lambda: desk.does(
        lambda conversation: conversation.applications.happen("submit", "operator", now)
    )
    assert desk.work(eyes) == ["done"]
    assert desk.photos == [("medical", "read")]


def test_what_a_photo_showed_gives_no_second_right_to_send(desk):
    desk.receive()
    rights = lambda his: his.ledger.rights(desk.house.clock.now())
    before = desk.does(rights)
    desk.work(Eyes(FRONT))
    assert desk.does(rights) == before

"""``weldmate application-export``: an open application into a file of its owner's alone."""

import logging
import stat
import zipfile

import pytest

from bot.cli.export import export_application
from bot.domain.form import Form
from bot.domain.photo import PhotoReading
from bot.ports import Sight
from tests.export.test_export import FORM, picture
from tests.store.people import welder


@pytest.fixture
def application(house):
    now = house.clock.now()
    with house.conversations.open(welder(house)) as conversation:
        applications = conversation.applications
        made = applications.begin(now)
        applications.fill(FORM, now)
        for document in ("id_front", "portrait"):
            photo = applications.add_photo(document, "chat", "{}", now)
            reading = PhotoReading(None)
            assert applications.keep_sight(photo, Sight(picture(), reading), document, now)
            if document == "portrait":
                applications.confirm(photo, reading, document, now)
    return made.id


def test_it_is_packed_and_says_what_it_lacks(house, application, tmp_path, caplog):
    out = tmp_path / "a.zip"
    caplog.set_level(logging.INFO)
    lacks = export_application(house, application, out)
    assert lacks == ("id_front", "id_back", "certificate", "medical")
    with zipfile.ZipFile(out) as parcel:  # a photo he has not confirmed is not in it
        assert [n for n in parcel.namelist() if n.endswith(".jpg")] == ["04_证件照_㛃䶮翀喆.jpg"]
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    (line,) = [record.getMessage() for record in caplog.records if "revealed" in record.message]
    assert line == f"application {application} was revealed: exported with 1 photos"
    assert FORM.id_number not in caplog.text
    assert FORM.name not in caplog.text


def test_a_file_that_is_there_is_never_overwritten(house, application, tmp_path):
    out = tmp_path / "a.zip"
    out.write_bytes(b"mine")
    with pytest.raises(FileExistsError):
        export_application(house, application, out)
    assert out.read_bytes() == b"mine"


def test_what_is_not_open_is_not_exported(house, application, tmp_path):
    for number in (application + 1, 2**62):
        with pytest.raises(LookupError):
            export_application(house, number, tmp_path / "a.zip")
    contact = house.conversations.applicant(application)
    with house.conversations.open(contact) as conversation:
        conversation.applications.shred(house.clock.now())
    with pytest.raises(LookupError):
        export_application(house, application, tmp_path / "a.zip")
    assert not (tmp_path / "a.zip").exists()


def test_an_earlier_application_of_the_same_person_is_not_taken_for_it(
    house, application, tmp_path
):
    now = house.clock.now()
    with house.conversations.open(house.conversations.applicant(application)) as conversation:
        conversation.applications.happen("withdraw", "welder", now)
        conversation.applications.begin(now)
        conversation.applications.fill(Form(name="新"), now)
    with pytest.raises(LookupError):
        export_application(house, application, tmp_path / "a.zip")

"""``weldmate doctor``: each thing that could be wrong is named, with the way to mend it."""

import subprocess
import sys
from datetime import timedelta

import pytest

from bot.doctor import examine
from bot.store.driver import Statement
from bot.store.schema import upgrade
from bot.store.tables import micros
from tests.conftest import ROOT, incoming
from tests.stand import Stand


def doctor(stand, **settings):
    done = subprocess.run(
        [sys.executable, "-m", "bot", "doctor"],
        env=stand.env | settings, cwd=ROOT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    *problems, last = done.stdout.splitlines()
    assert done.returncode == (0 if last == "ok" else 1)
    return problems


@pytest.fixture(scope="module")
def stand(tmp_path_factory):
    folder = tmp_path_factory.mktemp("doctor")
    with Stand(folder, f"sqlite:///{folder / 'test.sqlite'}") as stand:
        stand.weldmate("menu", "push")
        yield stand


def test_a_sound_installation_has_nothing_to_mend(stand):
    assert doctor(stand) == []


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        ({"WECHAT_CONSENT_TEMPLATE": "none"}, "WECHAT_CONSENT_TEMPLATE: the account has no such"),
        ({"WECHAT_EXPIRY_TEMPLATE": "other"}, "WECHAT_EXPIRY_TEMPLATE: its fields are date3, t1;"),
        ({"WECHAT_APP_SECRET": "wrong"}, "WeChat's API: 40125"),
        ({"WECHAT_API_BASE": "http://127.0.0.1:9"}, "WeChat's API: 0"),
        ({"PUBLIC_BASE_URL": "http://127.0.0.1:9"}, "PUBLIC_BASE_URL: nobody answers there"),
        ({"WECHAT_TOKEN": "another"}, "PUBLIC_BASE_URL: /wechat answers 403"),
        ({"WEEKLY_CAP": "0"}, "WEEKLY_CAP is 0"),
        ({"CLOCK_URL": "http://127.0.0.1:9"}, "CLOCK_URL: "),
        ({"RULEBOOK": "none"}, "RULEBOOK is 'none'"),
        ({"REDIS_URL": "redis://127.0.0.1:9"}, "REDIS_URL: Redis does not answer"),
        ({"DATABASE_URL": "sqlite:////dev/null/x.sqlite"}, "DATABASE_URL: "),
        (
            {"TENCENT_SECRET_KEY": "wrong"},
            "TENCENT_ASR_BASE: Tencent Cloud does not serve us (Auth",
        ),
        ({"TENCENT_SECRET_ID": "wrong"}, "TENCENT_SMS_BASE: Tencent Cloud does not serve us (Auth"),
        ({"TENCENT_FACE_BASE": "http://127.0.0.1:9"}, "TENCENT_FACE_BASE: Tencent Cloud does not"),
        ({"TENCENT_OCR_BASE": "http://127.0.0.1:9"}, "TENCENT_OCR_BASE: Tencent Cloud does not"),
        ({"DATABASE_URL": "postgresql+psycopg://x@127.0.0.1:9/x"}, "DATABASE_URL: the database"),
    ],
)
def test_what_is_wrong_is_named(stand, settings, told):
    if settings.get("WECHAT_EXPIRY_TEMPLATE"):
        fields = {"t1": "事项", "date3": "日期"}
        stand.call("POST", "/templates", {"id": "other", "kind": "template", "fields": fields})
    assert [problem for problem in doctor(stand, **settings) if problem.startswith(f"✗ {told}")]


def test_a_menu_that_is_not_the_editors_is_named(stand):
    menu = ROOT / "content" / "menu.yaml"
    folder = stand.folder / "content"
    subprocess.run(["cp", "-r", str(ROOT / "content"), str(folder)], check=True)
    (folder / "menu.yaml").write_text(
        menu.read_text(encoding="utf-8").replace("我的证书", "我的本本"), encoding="utf-8"
    )
    assert doctor(stand, CONTENT_DIR=str(folder)) == [
        "✗ The account's menu is not content/menu.yaml: run `weldmate menu push`."
    ]


def test_a_key_file_that_others_can_read_or_that_is_none_is_named(stand):
    key = stand.folder / "other.key"
    key.write_text("1 short\n", encoding="ascii")
    key.chmod(0o644)
    assert "can be read by others" in doctor(stand, DATA_KEY_FILE=str(key))[0]
    key.chmod(0o600)
    assert doctor(stand, DATA_KEY_FILE=str(key))


def test_production_is_held_to_more(stand):
    told = doctor(stand, WELDMATE_ENV="production", CLOCK_URL="", FAILPOINT="")
    for start in (
        "content/organisation.yaml",
        "PUBLIC_BASE_URL must",
        "WECHAT_API_BASE must",
        "TENCENT_ASR_BASE must",
        "TENCENT_SMS_BASE must",
        "TENCENT_FACE_BASE must",
        "TENCENT_OCR_BASE must",
    ):
        assert [problem for problem in told if problem.startswith(f"✗ {start}")]


@pytest.fixture
def quiet_house(make_house, sqlite_url):
    """A house that nobody has begun to run, and that reaches no WeChat."""
    upgrade(sqlite_url)
    nowhere = "http://127.0.0.1:9"
    return make_house(sqlite_url, wechat_api_base=(nowhere,), public_base_url=nowhere)


def told(house, *about):
    return [problem for problem in examine(house) if any(word in problem for word in about)]


def test_a_clock_that_stands_is_named(quiet_house, clock):
    tick = quiet_house.services.outbox.plan
    assert told(quiet_house, "weldmate clock") == [
        "No reminder has ever been planned: run `weldmate clock`."
    ]
    tick(clock.now().date(), clock.now())
    assert told(quiet_house, "weldmate clock") == []
    clock.advance(days=2)
    assert told(quiet_house, "weldmate clock") == [
        "Reminders were last planned on 2026-11-24: is `weldmate clock` running?"
    ]


def test_the_first_minutes_of_a_day_are_not_held_against_the_clock(quiet_house, clock):
    quiet_house.services.outbox.plan(clock.now().date(), clock.now())
    clock.advance(hours=14, minutes=9)
    assert told(quiet_house, "weldmate clock") == []
    clock.advance(minutes=2)
    assert told(quiet_house, "weldmate clock") != []


def test_what_lies_about_is_named(quiet_house, clock):
    write = quiet_house.database.write
    arrival = quiet_house.conversations.arrive(incoming("hi"), clock.now())
    owe = Statement(
        "INSERT INTO outbox (contact_id, kind, scope, state, reason, due_at, settled_at)"
        " VALUES (:contact, 'nudge', :scope, :state, :reason, :at, :at)"
    )
    rows = [("due", "", 11), ("unknown", "cut_after_request", 1), ("dead", "40037", 60),
            ("dead", "40037", 120), ("dead", "47003", 60 * 24 * 8), ("dead", "weekly_cap", 5)]  # fmt: skip
    assert told(quiet_house, "weldmate worker", "Messages") == []
    with write() as connection:
        for n, (state, reason, minutes) in enumerate(rows):
            at = micros(clock.now() - timedelta(minutes=minutes))
            values = {"scope": str(n), "state": state, "reason": reason, "at": at}
            connection.execute(owe, {"contact": arrival.contact_id, **values})
        connection.execute(Statement("UPDATE arrivals SET arrived_at = 1792807200000000"))
    assert told(quiet_house, "weldmate worker", "Messages") == [
        "A message is due since 2026-11-24 09:49: is `weldmate worker` running?",
        "A welder waits for an answer since 2026-10-24 10:00: is `weldmate worker` running?",
        "Messages that were cut, to be told at the next contact: 1.",
        "Messages of the last week that never went (40037): 2.",
    ]


def test_a_rulebook_that_is_not_in_force_is_named(quiet_house, clock):
    assert told(quiet_house, "RULEBOOK") == []
    clock.at = clock.at.replace(year=1990)
    assert told(quiet_house, "RULEBOOK: mohurd-2026 is in force from") != []


def test_a_database_file_that_others_can_read_is_named(quiet_house, tmp_path):
    assert told(quiet_house, "chmod") == []
    path = tmp_path / "test.sqlite"
    path.chmod(0o640)
    assert told(quiet_house, "chmod") == [f"DATABASE_URL: {path} can be read by others: chmod 600."]


def test_looking_makes_nothing(make_house, tmp_path):
    nowhere = "http://127.0.0.1:9"
    url = f"sqlite:///{tmp_path / 'none.sqlite'}"
    house = make_house(url, wechat_api_base=(nowhere,), public_base_url=nowhere)
    assert told(house, "db upgrade", "DATA_KEY_FILE") != []
    assert list(tmp_path.iterdir()) == []

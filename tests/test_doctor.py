"""``weldmate doctor``: each thing that could be wrong is named, with the way to mend it."""

import subprocess
import sys

import pytest

from tests.conftest import ROOT
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
    with Stand(folder, f"sqlite:///{folder / 'test.sqlite'}", parts=("web",)) as stand:
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
        ({"REDIS_URL": "redis://127.0.0.1:9"}, "REDIS_URL: Redis does not answer"),
        ({"DATABASE_URL": "sqlite:////dev/null/x.sqlite"}, "DATABASE_URL: "),
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
    for start in ("content/organisation.yaml", "PUBLIC_BASE_URL must", "WECHAT_API_BASE must"):
        assert [problem for problem in told if problem.startswith(f"✗ {start}")]

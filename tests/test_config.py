"""A bad setting stops the start with one sentence that says which and how to mend it."""

import pytest

from bot.config import BadSetting, read_settings

GOOD = {
    "WECHAT_APP_ID": "wx1",
    "WECHAT_APP_SECRET": "s",
    "WECHAT_TOKEN": "abc",
    "WECHAT_AES_KEY": "A" * 43,
}


def test_four_settings_are_enough():
    settings = read_settings(GOOD)
    assert settings.weldmate_env == "production"
    assert settings.wechat_api_base[0].startswith("https://")


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"WECHAT_APP_ID": ""}, "WECHAT_APP_ID"),
        ({"WECHAT_TOKEN": "a"}, "WECHAT_TOKEN"),
        ({"WECHAT_AES_KEY": "short"}, "WECHAT_AES_KEY"),
        ({"WECHAT_AES_KEY_PREVIOUS": "short"}, "WECHAT_AES_KEY_PREVIOUS"),
        ({"WECHAT_API_BASE": "https://ok,ftp://bad"}, "WECHAT_API_BASE"),
        ({"PUBLIC_BASE_URL": "here"}, "PUBLIC_BASE_URL"),
        ({"BIND": "8080"}, "BIND"),
        ({"DATABASE_URL": "mysql://u:verysecret@h/x"}, "DATABASE_URL"),
        ({"REDIS_URL": "localhost"}, "REDIS_URL"),
        ({"WELDMATE_ENV": "prod"}, "WELDMATE_ENV"),
        ({"WECHAT_PLAIN_ALLOWED": "maybe"}, "WECHAT_PLAIN_ALLOWED"),
        ({"WECHAT_PLAIN_ALLOWED": "1"}, "WECHAT_PLAIN_ALLOWED"),
        ({"CLOCK_URL": "http://127.0.0.1:1"}, "CLOCK_URL"),
        ({"FAILPOINT": "/tmp/x"}, "FAILPOINT"),
        ({"WEEKLY_CAP": "-1"}, "WEEKLY_CAP"),
        ({"FORGET_AFTER_DAYS": "many"}, "FORGET_AFTER_DAYS"),
        ({"CONTENT_DIR": "/nowhere/at/all"}, "CONTENT_DIR"),
    ],
)
def test_a_bad_setting_is_named(change, name):
    with pytest.raises(BadSetting, match=name) as error:
        read_settings({**GOOD, **change})
    assert "\n" not in str(error.value)
    assert "verysecret" not in str(error.value)


def test_no_secret_shows_when_settings_are_printed():
    settings = read_settings({**GOOD, "WECHAT_APP_SECRET": "verysecret"})
    assert "verysecret" not in repr(settings)
    assert "A" * 43 not in repr(settings)

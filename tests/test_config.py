"""A bad setting stops the start with one sentence that says which and how to mend it."""

from pathlib import Path

import pytest

from bot.config import BadSetting, read_settings

GOOD = {
    "WECHAT_APP_ID": "wx1",
    "WECHAT_APP_SECRET": "s",
    "WECHAT_TOKEN": "abc",
    "WECHAT_AES_KEY": "A" * 43,
}

CLOUD = {"TENCENT_SECRET_ID": "i", "TENCENT_SECRET_KEY": "verysecret"}
SMS = {"TENCENT_SMS_APP_ID": "1", "TENCENT_SMS_SIGN": "x", "TENCENT_SMS_CODE_TEMPLATE": "2"}

PAY = {
    "WECHATPAY_MCH_ID": "1900000109",
    "WECHATPAY_CERT_SERIAL": "5157F09EFDC096DE15EBE81A47057A7232F1B8E1",
    "WECHATPAY_PRIVATE_KEY_FILE": "key.pem",
    "WECHATPAY_API_V3_KEY": "verysecretverysecretverysecretve",
}
PUBLIC_KEY = {"WECHATPAY_PUBLIC_KEY_ID": "PUB_KEY_ID_1", "WECHATPAY_PUBLIC_KEY_FILE": "pub.pem"}
CERTS = {"WECHATPAY_PLATFORM_CERTS": "certificates"}


def test_four_settings_are_enough():
    settings = read_settings(GOOD)
    assert settings.weldmate_env == "production"
    assert settings.wechat_api_base[0].startswith("https://")


@pytest.mark.parametrize(
    "more", [{}, SMS, {"TENCENT_FACE_RULE": "1"}, {"TENCENT_OCR": "1"}, {"TENCENT_OCR": "0"}]
)
def test_each_service_of_the_cloud_can_be_had_without_the_others(more):
    settings = read_settings({**GOOD, **CLOUD, **more})
    assert settings.tencent_sms_app_id == more.get("TENCENT_SMS_APP_ID", "")
    assert settings.tencent_face_rule == more.get("TENCENT_FACE_RULE", "")
    assert settings.tencent_ocr == (more.get("TENCENT_OCR") == "1")
    assert "verysecret" not in repr(settings)


@pytest.mark.parametrize("more", [PUBLIC_KEY, CERTS, {**PUBLIC_KEY, **CERTS}])
def test_wechat_pay_is_believed_by_its_public_key_or_its_certificates(more):
    settings = read_settings({**GOOD, **PAY, **more})
    assert settings.wechatpay_private_key_file == Path("key.pem")
    assert settings.wechatpay_api_base == "https://api.mch.weixin.qq.com"
    assert bool(settings.wechatpay_platform_certs) == (more is not PUBLIC_KEY)
    assert "verysecret" not in repr(settings)


@pytest.mark.parametrize("name", [*PAY, *PUBLIC_KEY])
def test_no_part_of_wechat_pay_can_be_left_out(name):
    fewer = {other: value for other, value in {**PAY, **PUBLIC_KEY}.items() if other != name}
    with pytest.raises(BadSetting, match=f"needs {name} beside it"):
        read_settings({**GOOD, **fewer})


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"WECHAT_APP_ID": ""}, "WECHAT_APP_ID"),
        ({"WECHAT_TOKEN": "a"}, "WECHAT_TOKEN"),
        ({"WECHAT_AES_KEY": "short"}, "WECHAT_AES_KEY"),
        ({"WECHAT_AES_KEY_PREVIOUS": "short"}, "WECHAT_AES_KEY_PREVIOUS"),
        ({"WECHAT_API_BASE": "https://ok,ftp://bad"}, "WECHAT_API_BASE"),
        ({"PUBLIC_BASE_URL": "here"}, "PUBLIC_BASE_URL"),
        ({"PUBLIC_BASE_URL": "http://[bad"}, "PUBLIC_BASE_URL"),
        ({"PUBLIC_BASE_URL": "http://h:99999"}, "PUBLIC_BASE_URL"),
        ({"PUBLIC_BASE_URL": "http://h:0"}, "PUBLIC_BASE_URL"),
        ({"PUBLIC_BASE_URL": "http://h:port"}, "PUBLIC_BASE_URL"),
        ({"PUBLIC_BASE_URL": "http://two words"}, "PUBLIC_BASE_URL"),
        ({"BIND": "8080"}, "BIND"),
        ({"BIND": "127.0.0.1:99999"}, "BIND"),
        ({"BIND": "127.0.0.1:0"}, "BIND"),
        ({"DATABASE_URL": "postgresql+psycopg://u:verysecret@h:port/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql+psycopg://u:verysecret@h:99999/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql+psycopg://u:verysecret@[h/x"}, "DATABASE_URL"),
        ({"DATABASE_URL": "sqlite:///"}, "DATABASE_URL"),
        ({"OPERATOR_OPENIDS": "oA oVerysecret"}, "OPERATOR_OPENIDS"),
        ({"OPERATOR_OPENIDS": "oA;verysecret"}, "OPERATOR_OPENIDS"),
        ({"DATABASE_URL": "sqlite:///:memory:"}, "DATABASE_URL"),
        ({"REDIS_URL": "redis://:verysecret@h:port"}, "REDIS_URL"),
        ({"REDIS_URL": "redis://h:70000/0"}, "REDIS_URL"),
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
        ({"TENCENT_OCR": "maybe"}, "TENCENT_OCR"),
        ({"TENCENT_SMS_BASE": "here"}, "TENCENT_SMS_BASE"),
        ({"TENCENT_FACE_BASE": "ftp://x"}, "TENCENT_FACE_BASE"),
        ({"TENCENT_OCR_BASE": "http://h:0"}, "TENCENT_OCR_BASE"),
        ({"TENCENT_SECRET_ID": "i"}, "TENCENT_SECRET_ID needs TENCENT_SECRET_KEY "),
        ({"TENCENT_SECRET_KEY": "verysecret"}, "TENCENT_SECRET_KEY needs TENCENT_SECRET_ID "),
        ({**CLOUD, "TENCENT_SMS_APP_ID": "1"}, "_ID needs TENCENT_SMS_SIGN and TENCENT_SMS_CODE_"),
        ({**CLOUD, "TENCENT_SMS_SIGN": "x"}, "TENCENT_SMS_SIGN needs TENCENT_SMS_APP_ID and "),
        ({**CLOUD, **SMS, "TENCENT_SMS_SIGN": ""}, "TENCENT_SMS_APP_ID needs TENCENT_SMS_SIGN "),
        (SMS, "TENCENT_SMS_APP_ID needs TENCENT_SECRET_ID and TENCENT_SECRET_KEY beside it"),
        ({"TENCENT_FACE_RULE": "1"}, "TENCENT_FACE_RULE needs TENCENT_SECRET_ID and"),
        ({"TENCENT_OCR": "1"}, "TENCENT_OCR needs TENCENT_SECRET_ID and TENCENT_SECRET_KEY"),
        (PAY, "WECHATPAY_MCH_ID needs WECHATPAY_PUBLIC_KEY_ID and .* or WECHATPAY_PLATFORM_CERTS"),
        (CERTS, "WECHATPAY_PLATFORM_CERTS needs WECHATPAY_MCH_ID and WECHATPAY_CERT_SERIAL and"),
        ({"WECHATPAY_API_V3_KEY": "verysecret"}, "WECHATPAY_API_V3_KEY needs WECHATPAY_MCH_ID"),
        ({"WECHATPAY_API_BASE": "api.mch.weixin.qq.com"}, "WECHATPAY_API_BASE"),
    ],
)
def test_a_bad_setting_is_named(change, name):
    with pytest.raises(BadSetting, match=name) as error:
        read_settings({**GOOD, **change})
    assert "\n" not in str(error.value)
    assert "verysecret" not in str(error.value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASE_URL", "postgresql+psycopg://"),
        ("DATABASE_URL", "postgresql+psycopg:///x?host=/run/postgresql"),
        ("DATABASE_URL", "postgresql+psycopg://u:p:#[/@[::1]:5432/x"),
        ("DATABASE_URL", "sqlite:////var/lib/a@b:c/x.sqlite"),
        ("REDIS_URL", "redis://:pw@h:6379/0"),
        ("REDIS_URL", "rediss://h"),
        ("REDIS_URL", "unix:///run/redis.sock?db=1"),
        ("BIND", "[::]:8080"),
        ("PUBLIC_BASE_URL", "https://bot.example.org:8443/weld"),
    ],
)
def test_a_good_address_is_taken_as_it_is(name, value):
    assert getattr(read_settings({**GOOD, name: value}), name.lower()) == value


def test_operators_are_openids_with_commas_between_each_once():
    for value, found in (("", ()), (" oA ,oB-_1,, oA", ("oA", "oB-_1"))):
        settings = read_settings({**GOOD, "OPERATOR_OPENIDS": value})
        assert settings.operator_openids == found
        assert "oB" not in repr(settings)


def test_no_secret_shows_when_settings_are_printed():
    settings = read_settings({**GOOD, "WECHAT_APP_SECRET": "verysecret"})
    assert "verysecret" not in repr(settings)
    assert "A" * 43 not in repr(settings)

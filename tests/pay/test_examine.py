"""What an operator has mistaken among a merchant's keys is named before a payment finds it."""

import base64
import secrets
import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from bot.doctor import examine
from bot.pay.examine import pay_problems
from tests.pay.conftest import (
    KEY_ID,
    MERCHANT,
    SEALING,
    SERIAL,
    certificate,
    private_pem,
    public_pem,
    rsa,
)

OTHER = "6FCE55AD98ED71D6EDD4A4A16996DE7B47773A8C"


@pytest.fixture
def here(merchant, tmp_path):
    """The merchant with files of his own, which can be spoilt."""
    folder = tmp_path / "pay"
    shutil.copytree(merchant.folder, folder)
    return replace(merchant, folder=folder)


@pytest.fixture
def look(here, script):
    """Look for problems; the script answers as WeChat Pay does."""

    def look(now=None, **change):
        settings = here.settings(**{"wechatpay_api_base": script.base, **change})
        return list(pay_problems(settings, now or datetime.now(UTC)))

    return look


@pytest.fixture
def answering(script):
    """Put what a sound merchant is answered in line."""
    script.say({"code": "ORDER_NOT_EXIST", "message": "订单不存在"}, 404)
    script.say({"code": "RESOURCE_NOT_EXISTS", "message": "无可用的平台证书"}, 404)


def certificates(*serials, sealing=SEALING):
    def sealed():
        nonce = secrets.token_hex(6)
        text = AESGCM(sealing.encode()).encrypt(nonce.encode(), b"-----BEGIN", b"certificate")
        return {
            "algorithm": "AEAD_AES_256_GCM",
            "nonce": nonce,
            "associated_data": "certificate",
            "ciphertext": base64.b64encode(text).decode(),
        }

    return {"data": [{"serial_no": one, "encrypt_certificate": sealed()} for one in serials]}


@pytest.mark.usefixtures("answering")
def test_a_sound_merchant_has_nothing_to_mend(look, script, here):
    (here.folder / "merchant_cert.pem").write_bytes(certificate(here.private, SERIAL, 1800))
    assert look() == []
    method, path, headers, body = script.asked[0]
    assert (method, body) == ("GET", b"")
    assert path.startswith("/v3/pay/transactions/out-trade-no/DOCTOR")
    assert path.endswith(f"?mchid={MERCHANT}")
    assert headers["Wechatpay-Serial"] == KEY_ID


def test_who_has_only_the_public_key_is_asked_for_no_certificates(look, script):
    script.say({"code": "ORDER_NOT_EXIST"}, 404)
    assert look(wechatpay_platform_certs=None) == []
    assert len(script.asked) == 1


@pytest.mark.usefixtures("answering")
def test_the_merchants_certificate_is_held_against_key_and_serial(look, here):
    beside = here.folder / "apiclient_cert.pem"
    beside.write_bytes(certificate(here.private, OTHER, 1800))
    (told,) = look()
    assert told == (
        f"WECHATPAY_CERT_SERIAL: {beside} is the certificate of the private key, and its serial is"
        f" {OTHER}."
    )


@pytest.mark.usefixtures("answering")
def test_a_key_that_is_not_of_the_certificate_is_named(look, here):
    beside = here.folder / "apiclient_cert.pem"
    beside.write_bytes(certificate(rsa(), SERIAL, 1800))
    (told,) = look()
    key = here.folder / "merchant_key.pem"
    assert told == f"WECHATPAY_PRIVATE_KEY_FILE: {key} is not the key of {beside}."


def test_the_merchants_own_key_is_not_taken_for_wechats(look, here, script):
    own = here.folder / "own.pem"
    own.write_bytes(public_pem(here.private))
    script.say({"code": "ORDER_NOT_EXIST"}, 404)
    first, second = look(wechatpay_public_key_file=own)
    assert first.startswith("WECHATPAY_PUBLIC_KEY_FILE holds the merchant's own key")
    assert second.startswith("WECHATPAY_PUBLIC_KEY_FILE: it is not the key of")


@pytest.mark.parametrize(
    ("begin", "days", "told"),
    [
        (
            datetime(2020, 1, 1, tzinfo=UTC),
            365,
            "has been invalid since 2020-12-31: get a new one.",
        ),
        (datetime(2026, 1, 1, tzinfo=UTC), 345, "is valid to 2026-12-12: get a new one."),
        (datetime(2026, 12, 1, tzinfo=UTC), 365, "is not valid before 2026-12-01."),
    ],
)
def test_the_days_of_certificates_are_looked_at(look, here, script, begin, days, told):
    now = datetime(2026, 11, 25, tzinfo=UTC)
    path = here.folder / "certificates" / f"{OTHER}.pem"
    path.write_bytes(certificate(rsa(), OTHER, days, begin))
    script.say({"code": "ORDER_NOT_EXIST"}, 404, at=now)
    script.say({"code": "RESOURCE_NOT_EXISTS"}, 404, at=now)
    assert look(now) == [f"WECHATPAY_PLATFORM_CERTS: {path} {told}"]
    script.say({"code": "ORDER_NOT_EXIST"}, 404, at=now)
    script.say({"code": "RESOURCE_NOT_EXISTS"}, 404, at=now)
    path.unlink()
    beside = here.folder / "apiclient_cert.pem"
    beside.write_bytes(certificate(here.private, SERIAL, days, begin))
    assert look(now) == [f"WECHATPAY_CERT_SERIAL: {beside} {told}"]


@pytest.mark.parametrize(
    ("status", "answer", "told"),
    [
        (401, {"code": "SIGN_ERROR", "detail": {"field": "mchid"}}, "WECHATPAY_MCH_ID: WeChat Pay"),
        (401, {"code": "SIGN_ERROR", "detail": {"field": "serial_no"}}, "WECHATPAY_CERT_SERIAL: "),
        (401, {"code": "SIGN_ERROR", "detail": {"field": "signature"}}, "WECHATPAY_PRIVATE_KEY_FI"),
        (401, {"code": "SIGN_ERROR"}, "WeChat Pay does not accept our signature, or our clock ("),
        (401, {"code": "SIGN_ERROR", "detail": []}, "WeChat Pay does not accept our signature, or"),
        (400, {"code": "PARAM_ERROR"}, "WECHATPAY_PUBLIC_KEY_ID: WeChat Pay does not sign by it"),
        (403, {"code": "NO_AUTH"}, "WECHATPAY_API_BASE: WeChat Pay does not serve us (NO_AUTH)."),
        (500, b"<html>", "WECHATPAY_API_BASE: WeChat Pay does not serve us (http_500)."),
        (302, b"", "WECHATPAY_API_BASE: WeChat Pay does not serve us (http_302)."),
        (404, {"code": "oops"}, "WECHATPAY_API_BASE: WeChat Pay does not serve us (http_404)."),
    ],
)
def test_a_refusal_says_which_setting_is_wrong(look, script, status, answer, told):
    script.say(answer, status, signed=False)
    (problem,) = look()
    assert problem.startswith(told)


def test_what_cannot_be_proved_is_named(look, script, merchant, here):
    missing = {"code": "ORDER_NOT_EXIST"}
    now = datetime.now(UTC)
    for change, told in (
        ({"signed": False}, "WECHATPAY_API_BASE: what answers there signs nothing."),
        ({"at": now - timedelta(minutes=6)}, "The clock of this machine is not WeChat Pay's: "),
        ({"headers": {"Wechatpay-Serial": "PUB_KEY_ID_2"}}, "WeChat Pay signs by PUB_KEY_ID_2, "),
    ):
        script.say(missing, 404, **change)
        (problem,) = look()
        assert problem.startswith(told)
    (here.folder / "platform_public_key.pem").write_bytes(public_pem(rsa()))
    script.say(missing, 404)
    assert look() == ["WECHATPAY_PUBLIC_KEY_FILE: it is not the key of WECHATPAY_PUBLIC_KEY_ID."]
    path = here.folder / "certificates" / f"{merchant.certificate_serial}.pem"
    path.write_bytes(certificate(rsa(), merchant.certificate_serial))
    script.say(missing, 404, serial=merchant.certificate_serial)
    assert look() == [f"WECHATPAY_PLATFORM_CERTS: {path.name} is not what WeChat Pay signs by."]


def test_certificates_prove_the_sealing_key_and_tell_their_successors(look, script, merchant):
    missing, ours = {"code": "ORDER_NOT_EXIST"}, merchant.certificate_serial
    for answer, told in (
        (certificates(ours), []),
        (certificates(ours, OTHER), [f"WECHATPAY_PLATFORM_CERTS: {OTHER}.pem is missing."]),
        (
            certificates(ours, sealing="f" * 32),
            ["WECHATPAY_API_V3_KEY: it does not open what WeChat Pay seals for the merchant."],
        ),
        ({"data": None}, ["WECHATPAY_API_BASE: what answers there tells no certificates."]),
        ({"data": ["x"]}, ["WECHATPAY_API_BASE: what answers there tells no certificates."]),
    ):
        script.say(missing, 404)
        script.say(answer)
        assert look() == told
    script.say(missing, 404)
    script.say({"code": "NO_AUTH"}, 403)
    assert look() == ["WECHATPAY_API_BASE: WeChat Pay does not tell its certificates (NO_AUTH)."]
    script.say(missing, 404)
    script.say(certificates(ours), signed=False)
    assert look() == ["WECHATPAY_API_BASE: what answers there signs nothing."]


def test_nobody_at_the_address_is_named(look):
    (told,) = look(wechatpay_api_base="http://127.0.0.1:9")
    assert told == "WECHATPAY_API_BASE: nobody answers there (ConnectionError)."


def test_the_doctor_looks_at_a_merchant_if_there_is_one(make_house, sqlite_url, here):
    here.folder.joinpath("merchant_key.pem").chmod(0o644)
    nowhere = "http://127.0.0.1:9"
    names = [name for name in here.settings().__slots__ if name.startswith("wechatpay_")]
    change = {name: getattr(here.settings(wechatpay_api_base=nowhere), name) for name in names}
    house = make_house(sqlite_url, wechat_api_base=(nowhere,), public_base_url=nowhere, **change)
    told = [problem for problem in examine(house) if "WECHATPAY" in problem]
    key = here.folder / "merchant_key.pem"
    assert told == [
        f"WECHATPAY_PRIVATE_KEY_FILE: {key} can be read by others: chmod 600.",
        "WECHATPAY_API_BASE: nobody answers there (ConnectionError).",
    ]
    key.write_bytes(private_pem(rsa(1024)))
    told = [problem for problem in examine(house) if "WECHATPAY" in problem]
    assert f"WECHATPAY_PRIVATE_KEY_FILE: {key} is no RSA key of 2048 bits or more." in told
    without = make_house(sqlite_url, wechat_api_base=(nowhere,), public_base_url=nowhere)
    assert [problem for problem in examine(without) if "WECHATPAY" in problem] == []


def test_production_asks_for_encryption(make_house, sqlite_url):
    nowhere = "http://127.0.0.1:9"
    house = make_house(
        sqlite_url,
        weldmate_env="production",
        wechat_api_base=(nowhere,),
        public_base_url=nowhere,
        wechatpay_api_base=nowhere,
    )
    assert "WECHATPAY_API_BASE must begin with https:// in production." in list(examine(house))
    assert [told for told in examine(house) if told.startswith("content/fees.yaml still")]

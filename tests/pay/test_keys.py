"""A key that is none is one sentence that names the setting; good ones lie side by side."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)

from bot.config import BadSetting
from bot.pay.keys import read_keys
from tests.pay.conftest import KEY_ID, SEALING, SERIAL, certificate, private_pem, public_pem, rsa


def test_both_kinds_of_keys_lie_side_by_side(merchant):
    keys = read_keys(merchant.settings())
    assert set(keys.public) == {KEY_ID, merchant.certificate_serial}
    assert (keys.serial, keys.sealing, keys.public_key_id) == (SERIAL, SEALING.encode(), KEY_ID)


def test_each_kind_is_enough(merchant):
    one = read_keys(merchant.settings(wechatpay_platform_certs=None))
    assert set(one.public) == {KEY_ID}
    other = read_keys(merchant.settings(wechatpay_public_key_id="", wechatpay_public_key_file=None))
    assert (set(other.public), other.public_key_id) == ({merchant.certificate_serial}, "")


def test_a_serial_may_be_written_with_zeros_before_it(merchant, tmp_path):
    serial = "0A" + 38 * "1"
    (tmp_path / f"{serial}.pem").write_bytes(certificate(rsa(), serial))
    keys = read_keys(merchant.settings(wechatpay_platform_certs=tmp_path))
    assert keys.signer(serial) is keys.signer(serial.lstrip("0"))
    assert keys.signer(serial) is not None
    assert keys.signer(serial.lower()) is None


def test_no_key_shows_when_keys_are_printed(merchant):
    printed = repr(read_keys(merchant.settings())) + repr(merchant.settings())
    assert SEALING not in printed
    assert "RSA" not in printed


def test_a_key_of_the_older_form_is_read(merchant, tmp_path):
    path = tmp_path / "old.pem"
    pem = merchant.private.private_bytes(
        Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption()
    )
    path.write_bytes(pem)
    read_keys(merchant.settings(wechatpay_private_key_file=path))


LOCKED = rsa().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"x"))
CURVE = ec.generate_private_key(ec.SECP256R1())


@pytest.mark.parametrize(
    ("setting", "content", "told"),
    [
        ("wechatpay_private_key_file", None, "No such file"),
        ("wechatpay_private_key_file", b"nothing", "is no private key in PEM"),
        ("wechatpay_private_key_file", b"", "is no private key in PEM"),
        ("wechatpay_private_key_file", LOCKED, "without a password"),
        ("wechatpay_private_key_file", public_pem(rsa()), "is no private key in PEM"),
        ("wechatpay_private_key_file", private_pem(CURVE), "is no RSA key of 2048 bits"),
        ("wechatpay_private_key_file", private_pem(rsa(1024)), "is no RSA key of 2048 bits"),
        ("wechatpay_public_key_file", None, "No such file"),
        ("wechatpay_public_key_file", b"\xff", "is no public key in PEM"),
        ("wechatpay_public_key_file", private_pem(rsa()), "is no public key in PEM"),
        ("wechatpay_public_key_file", public_pem(CURVE), "holds no RSA key"),
        ("wechatpay_public_key_file", public_pem(rsa(1024)), "holds no RSA key"),
    ],
)
def test_a_file_that_is_no_key_is_named(merchant, tmp_path, setting, content, told):
    path = tmp_path / "file.pem"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(BadSetting, match=told) as error:
        read_keys(merchant.settings(**{setting: path}))
    assert str(error.value).startswith(f"{setting.upper()}: {path}")
    assert "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"wechatpay_mch_id": "1900000"}, "WECHATPAY_MCH_ID must be"),
        ({"wechatpay_mch_id": "19000001０"}, "WECHATPAY_MCH_ID must be"),
        ({"wechatpay_cert_serial": SERIAL.lower()}, "WECHATPAY_CERT_SERIAL must be"),
        ({"wechatpay_cert_serial": "1"}, "WECHATPAY_CERT_SERIAL must be"),
        ({"wechatpay_api_v3_key": SEALING[1:]}, "WECHATPAY_API_V3_KEY must be 32 bytes; it has 31"),
        ({"wechatpay_api_v3_key": "焊" * 11}, "WECHATPAY_API_V3_KEY must be 32 bytes; it has 33"),
        ({"wechatpay_public_key_id": "0114232134912410"}, "WECHATPAY_PUBLIC_KEY_ID must begin"),
        ({"wechatpay_public_key_id": "PUB_KEY_ID_"}, "WECHATPAY_PUBLIC_KEY_ID must begin"),
    ],
)
def test_a_value_that_cannot_be_is_named(merchant, change, told):
    with pytest.raises(BadSetting, match=told) as error:
        read_keys(merchant.settings(**change))
    assert SEALING[1:] not in str(error.value)


def test_certificates_are_named_by_their_serials(merchant, tmp_path):
    folder = tmp_path / "certificates"
    settings = merchant.settings(wechatpay_platform_certs=folder)
    with pytest.raises(BadSetting, match="holds no SERIAL"):
        read_keys(settings)
    folder.mkdir()
    with pytest.raises(BadSetting, match="holds no SERIAL"):
        read_keys(settings)
    named = folder / f"{SERIAL}.pem"
    named.write_bytes(certificate(rsa(), SERIAL[:-1] + "2"))
    with pytest.raises(BadSetting, match=f"must be named {SERIAL[:-1]}2.pem"):
        read_keys(settings)
    named.write_bytes(b"-----BEGIN CERTIFICATE-----\n")
    with pytest.raises(BadSetting, match="is no certificate in PEM"):
        read_keys(settings)

"""A merchant's keys as an operator lays them down, and WeChat's own, which sign and seal."""

import base64
import contextlib
import json
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from bot.clocks import SystemClock
from bot.pay.client import WeChatTill
from bot.pay.keys import read_keys
from bot.pay.notices import WeChatNotices
from bot.pay.wire import Wire
from tests.conftest import StandingClock, test_settings
from tests.servers import HttpServer

APP = "wx0000000000000001"
MERCHANT = "1900000109"
SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
KEY_ID = "PUB_KEY_ID_0114232134912410000000000000"
SEALING = "0123456789abcdef0123456789ABCDEF"
NUMBER = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
REFUND = "ZYXWVTSRQPNMKJHGFEDCBA9876543210"


def rsa(bits=2048):
    return generate_private_key(65537, bits)


def private_pem(key):
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def public_pem(key):
    return key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)


def certificate(key, serial, days=365, begin=datetime(2026, 1, 1, tzinfo=UTC)):
    """Return a certificate that signs itself, in PEM; it is valid for so many days."""
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Tenpay.com sign")])
    builder = x509.CertificateBuilder(
        name, name, key.public_key(), int(serial, 16), begin, begin + timedelta(days=days)
    )
    return builder.sign(key, SHA256()).public_bytes(Encoding.PEM)


@dataclass
class Platform:
    """WeChat's side: two pairs of keys, and what it does with them."""

    pairs: dict[str, RSAPrivateKey] = field(default_factory=dict)

    def signed(self, body, serial=KEY_ID, at=None, nonce=None, key=None):
        """Return the headers of a body."""
        stamp = str(int(time.time() if at is None else at.timestamp()))
        nonce = nonce or secrets.token_hex(16)
        message = f"{stamp}\n{nonce}\n".encode() + body + b"\n"
        signature = (key or self.pairs[serial]).sign(message, PKCS1v15(), SHA256())
        return {
            "Wechatpay-Serial": serial,
            "Wechatpay-Signature": base64.b64encode(signature).decode(),
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
        }

    def notice(self, event, values, at, serial=KEY_ID, sealing=SEALING, **change):
        """Return headers and body of a notice."""
        body = json.dumps(notice(event, values, sealing, **change)).encode()
        return self.signed(body, serial, at), body


def notice(event, values, sealing=SEALING, **change):
    nonce = secrets.token_hex(6)
    plain = values if isinstance(values, bytes) else json.dumps(values).encode()
    sealed = AESGCM(sealing.encode()).encrypt(nonce.encode(), plain, b"transaction")
    resource = {
        "original_type": "transaction",
        "algorithm": "AEAD_AES_256_GCM",
        "ciphertext": base64.b64encode(sealed).decode(),
        "associated_data": "transaction",
        "nonce": nonce,
    }
    return {
        "id": "EV-2018022511223320873",
        "create_time": "2026-11-24T10:00:00+08:00",
        "resource_type": "encrypt-resource",
        "event_type": event,
        "summary": "支付成功",
        "resource": {**resource, **change},
    }


def paid(**change):
    """What WeChat says of a payment that was paid."""
    return {
        "transaction_id": "4200000925202101284997714292",
        "amount": {"payer_total": 100, "total": 100, "currency": "CNY", "payer_currency": "CNY"},
        "mchid": MERCHANT,
        "trade_state": "SUCCESS",
        "bank_type": "CMC",
        "success_time": "2026-11-24T09:59:58+08:00",
        "payer": {"openid": "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o"},
        "out_trade_no": NUMBER,
        "appid": APP,
        "trade_state_desc": "支付成功",
        "trade_type": "JSAPI",
        **change,
    }


def refunded(status="refund_status", /, **change):
    """What WeChat says of a refund."""
    return {
        "mchid": MERCHANT,
        "transaction_id": "4200000925202101284997714292",
        "out_trade_no": NUMBER,
        "refund_id": "50200207182018070300011301001",
        "out_refund_no": REFUND,
        status: "SUCCESS",
        "success_time": "2026-11-24T09:59:58+08:00",
        "user_received_account": "支付用户零钱",
        "amount": {"total": 100, "refund": 40, "payer_total": 100, "payer_refund": 40},
        **change,
    }


@dataclass
class Merchant:
    """Files and settings of a merchant."""

    folder: Path
    private: RSAPrivateKey
    platform: Platform
    certificate_serial: str

    def settings(self, **change):
        return test_settings(
            "sqlite:///none",
            self.folder,
            **{
                "wechatpay_mch_id": MERCHANT,
                "wechatpay_cert_serial": SERIAL,
                "wechatpay_private_key_file": self.folder / "merchant_key.pem",
                "wechatpay_api_v3_key": SEALING,
                "wechatpay_public_key_id": KEY_ID,
                "wechatpay_public_key_file": self.folder / "platform_public_key.pem",
                "wechatpay_platform_certs": self.folder / "certificates",
                **change,
            },
        )


@pytest.fixture(scope="session")
def merchant(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pay")
    serial = "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C"
    private, by_key, by_certificate = rsa(), rsa(), rsa()
    (folder / "merchant_key.pem").write_bytes(private_pem(private))
    (folder / "platform_public_key.pem").write_bytes(public_pem(by_key))
    (folder / "certificates").mkdir()
    (folder / "certificates" / f"{serial}.pem").write_bytes(certificate(by_certificate, serial))
    platform = Platform({KEY_ID: by_key, serial: by_certificate})
    return Merchant(folder, private, platform, serial)


@pytest.fixture(scope="session")
def platform(merchant):
    return merchant.platform


@pytest.fixture(scope="session")
def keys(merchant):
    return read_keys(merchant.settings())


@pytest.fixture
def notices(keys, clock):
    return WeChatNotices(keys, APP, clock)


@pytest.fixture(scope="session")
def standing():
    """A clock for what is stated of any example."""
    return StandingClock()


class Script:
    """A WeChat Pay that answers what it is told to, and writes down what it was asked."""

    def __init__(self, platform):
        self.platform, self.asked, self.answers = platform, [], []
        self.server = HttpServer(("127.0.0.1", 0), self._door())
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def base(self):
        return f"http://127.0.0.1:{self.server.server_port}"

    def say(self, values=None, status=200, *, signed=True, wait_s=0.0, cut=False, **more):
        """Put an answer in line: JSON, or bytes as they are; ``headers`` and ``serial`` of it."""
        body = values if isinstance(values, bytes) else json.dumps(values).encode()
        self.answers.append((b"" if values is None else body, status, signed, wait_s, cut, more))

    def _door(self):
        script = self

        class Door(BaseHTTPRequestHandler):
            def answer(self):
                sent = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                script.asked.append((self.command, self.path, dict(self.headers), sent))
                body, status, signed, wait_s, cut, more = script.answers.pop(0)
                time.sleep(wait_s)
                if cut:
                    return
                headers = {"Content-Type": "application/json; charset=utf-8"}
                headers |= script.signature(body, **more) if signed else {}
                headers |= more.get("headers", {})
                with contextlib.suppress(ConnectionError):
                    self.send_response(status)
                    for name, value in headers.items():
                        self.send_header(name, value)
                    if status != 204:
                        self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

            do_GET = do_POST = answer

            def log_message(self, *_):
                pass

        return Door

    def signature(self, body, serial=KEY_ID, at=None, headers=None):
        return self.platform.signed(body, serial, at)


@pytest.fixture
def script(platform):
    made = Script(platform)
    yield made
    made.server.shutdown()
    made.server.server_close()
    assert made.answers == [], "not all of it was asked"


@pytest.fixture
def make_till(merchant, script):
    """Make a till that asks the script, on real time."""

    def make(**change):
        keys = read_keys(merchant.settings(**change))
        wire = Wire(keys, APP, script.base, SystemClock(), timeout_s=(0.3, 0.3))
        return WeChatTill(keys, APP, wire, "https://bot.example.org", SystemClock())

    return make


@pytest.fixture
def till(make_till):
    return make_till()

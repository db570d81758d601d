"""A merchant with his keys, and a bot that remembers the notices it got."""

import base64
import json
import os
import threading
import time
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace

import pytest
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_pem_private_key, load_pem_public_key
from cryptography.x509 import load_pem_x509_certificate

from sandbox.pay.keys import open_keys
from sandbox.pay.merchant import Merchant
from sandbox.push import Patience
from sandbox.state import State
from sandbox.world import World
from tests.sandbox.conftest import APP_ID, Control
from tests.servers import HttpServer

MCH, SERIAL = "1900000109", "1DDE55AD98ED71D6EDD4A4A16996DE7B47773A8C"
API_KEY, KEY_ID = "0123456789abcdefghijklmnopqrstuv", "PUB_KEY_ID_0114232134912410000000000000"
SCHEME = "WECHATPAY2-SHA256-RSA2048"


@pytest.fixture(scope="session")
def merchant(tmp_path_factory):
    """The keys are made once: it takes a while."""
    made = Merchant(MCH, SERIAL, API_KEY, KEY_ID, tmp_path_factory.mktemp("pay") / "keys")
    open_keys(made)
    return made


@pytest.fixture
def notify():
    """Where notices go; answers as told, then 204."""
    heard = SimpleNamespace(notices=[], answers=[], wait_s=0.0)

    class Door(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heard.notices.append((dict(self.headers), body))
            time.sleep(heard.wait_s)
            self.send_response(heard.answers.pop(0) if heard.answers else 204)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_):
            pass

    server = HttpServer(("127.0.0.1", 0), Door)
    server.handle_error = lambda *_: None
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    heard.url = f"http://127.0.0.1:{server.server_port}/pay/notify"
    yield heard
    server.shutdown()
    server.server_close()


@pytest.fixture
def world(account, limit_s, merchant):
    state = State()
    patience = Patience(limit_s=limit_s, gap_s=0, step_s=3)
    made = World(account, state, seed=7, patience=patience, merchant=merchant)
    yield made
    made.close()
    state.close()


class Till(Control):
    """A merchant who signs what he asks, by his own code."""

    def __init__(self, world, url):
        super().__init__(world)
        folder = world.pay.merchant.folder
        self.key = load_pem_private_key((folder / "merchant_key.pem").read_bytes(), None)
        self.public = load_pem_public_key((folder / "platform_public_key.pem").read_bytes())
        (path,) = (folder / "certificates").glob("*.pem")
        self.certificate = path.stem
        self.platform = load_pem_x509_certificate(path.read_bytes()).public_key()
        self.url = url
        self.wished = KEY_ID

    def signature(self, *lines):
        text = "".join(f"{line}\n" for line in lines).encode()
        return base64.b64encode(self.key.sign(text, PKCS1v15(), SHA256())).decode()

    def authorization(self, method, path, body, **changes):
        row = {"mchid": MCH, "nonce_str": os.urandom(8).hex(), "timestamp": str(int(time.time()))}
        row = {**row, "serial_no": SERIAL, **changes}
        signed = self.signature(method, path, row["timestamp"], row["nonce_str"], body)
        pairs = {"signature": signed, **row}
        return f"{SCHEME} " + ",".join(f'{name}="{value}"' for name, value in pairs.items())

    def ask(self, method, path, row=None, headers=None, **changes):
        body = "" if row is None else json.dumps(row, ensure_ascii=False)
        whole = {
            "Authorization": self.authorization(method, path, body, **changes),
            "Accept": "application/json",
            "Wechatpay-Serial": self.wished,
            "Content-Type": "application/json",
            **(headers or {}),
        }
        whole = {name: value for name, value in whole.items() if value is not None}
        return self.client.open(path, method=method, data=body.encode(), headers=whole)

    def good(self, method, path, row=None, status=200):
        answer = self.ask(method, path, row)
        assert answer.status_code == status, answer.get_data(as_text=True)
        self.verify(answer.headers, answer.get_data())
        return answer.get_json() if status == 200 else None

    def error(self, method, path, row=None, **more):
        answer = self.ask(method, path, row, **more)
        assert answer.status_code >= 400
        return answer.status_code, answer.get_json()["code"]

    def verify(self, headers, body):
        """Raise unless WeChat has signed this; return the serial it signed with."""
        lines = (headers["Wechatpay-Timestamp"], headers["Wechatpay-Nonce"], body.decode())
        text = "".join(f"{line}\n" for line in lines).encode()
        serial = headers["Wechatpay-Serial"]
        key = {KEY_ID: self.public, self.certificate: self.platform}[serial]
        key.verify(base64.b64decode(headers["Wechatpay-Signature"]), text, PKCS1v15(), SHA256())
        assert headers["Wechatpay-Signature-Type"] == SCHEME
        return serial

    def opened(self, notice):
        """Return event and resource of a notice that is true."""
        headers, body = notice
        self.verify(headers, body)
        row = json.loads(body)
        sealed = row["resource"]
        about, once = sealed["associated_data"].encode(), sealed["nonce"].encode()
        text = AESGCM(API_KEY.encode()).decrypt(once, base64.b64decode(sealed["ciphertext"]), about)
        return row["event_type"], json.loads(text)

    def row(self, number="A00000000001", openid="zhang", **changes):
        return {
            "appid": APP_ID,
            "mchid": MCH,
            "description": "复审培训服务费",
            "out_trade_no": number,
            "notify_url": self.url,
            "amount": {"total": 38000, "currency": "CNY"},
            "payer": {"openid": openid},
            **changes,
        }

    def order(self, number="A00000000001", **changes):
        self.some("zhang")
        row = self.row(number, **changes)
        return self.good("POST", "/v3/pay/transactions/jsapi", row)["prepay_id"]

    def some(self, openid):
        if self.world.follower(openid) is None:
            self.follow(openid=openid)

    def trade(self, number="A00000000001"):
        return self.good("GET", f"/v3/pay/transactions/out-trade-no/{number}?mchid={MCH}")

    def paid(self, number="A00000000001", **changes):
        self.order(number, **changes)
        self.post(f"/pay/orders/{number}/pay")
        return self.trade(number)["transaction_id"]

    def settled(self):
        assert self.world.settled(5)


@pytest.fixture
def till(world, notify):
    return Till(world, notify.url)

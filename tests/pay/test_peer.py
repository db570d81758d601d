"""Ours against an independent implementation from npm; needs Node."""

import base64
import json
import re
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from bot.pay.statement import read
from bot.ports.till import Asked, BadNotice, Return
from tests.pay.conftest import (
    APP,
    MERCHANT,
    NUMBER,
    REFUND,
    SEALING,
    SERIAL,
    notice,
    paid,
    private_pem,
    public_pem,
    refunded,
)
from tests.pay.test_notices import PAID, flipped
from tests.pay.test_statement import bill, payment, refund
from tests.servers import need

pytestmark = pytest.mark.slow

HOME = Path(__file__).parents[2] / "var" / "npm-pay"
PACKAGE = "wechatpay-axios-plugin@0.9.6"
SCRIPT = Path(__file__).with_name("peer.js")
ASKED = Asked(NUMBER, 100, "培训服务费", datetime(2026, 11, 26, 2, tzinfo=UTC))


@pytest.fixture(scope="module")
def package():
    """Install it once; it stays in var/."""
    HOME.mkdir(parents=True, exist_ok=True)
    if not (HOME / "node_modules" / "wechatpay-axios-plugin").exists():
        command = ["npm", "install", "--prefix", str(HOME), "--no-audit", "--no-fund", PACKAGE]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
            reason = done.stderr.strip().splitlines()[-1:] if done.returncode else []
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = [type(error).__name__]
        need(not reason, f"npm cannot install {PACKAGE}: {reason}")
    return HOME / "node_modules"


@pytest.fixture
def ask(node, package):
    """Put a question."""

    def put(op, **question):
        done = subprocess.run(
            [node, str(SCRIPT)],
            input=json.dumps({"op": op, **question}),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            env={"NODE_PATH": str(package), "NODE_OPTIONS": "--no-deprecation"},
        )
        return json.loads(done.stdout)

    return put


@pytest.fixture(params=["public key", "certificate"])
def told(request, ask, platform, merchant, clock):
    """A notice made by the peer, in each mode."""
    by_key, by_certificate = platform.pairs
    serial = by_key if request.param == "public key" else by_certificate
    assert by_certificate == merchant.certificate_serial

    def make(event, values, beside="transaction"):
        stamp, nonce = str(int(clock.at.timestamp())), "EcZ9Cmy4Xyx1i6RlJQzLcCyEqDa26NBz"
        made = ask(
            "notice",
            key=private_pem(platform.pairs[serial]).decode(),
            sealing=SEALING,
            stamp=stamp,
            nonce=nonce,
            values=values,
            event=event,
            beside=beside,
        )
        headers = {
            "Wechatpay-Serial": serial,
            "Wechatpay-Signature": made["signature"],
            "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
            "Wechatpay-Timestamp": stamp,
            "Wechatpay-Nonce": nonce,
        }
        return headers, made["body"].encode()

    return make


def test_what_the_peer_signs_and_seals_is_opened(told, notices):
    assert notices.open(*told("TRANSACTION.SUCCESS", paid())) == PAID
    given_back = Return(REFUND, NUMBER, 40, "done", PAID.at)
    assert notices.open(*told("REFUND.SUCCESS", refunded(), beside="refund")) == given_back
    assert notices.open(*told("SECURITY_ECHO.SUCCESS", {"a": "焊"}, beside="")) is None


def test_one_flipped_bit_of_it_is_refused(told, notices):
    headers, body = told("TRANSACTION.SUCCESS", paid())
    parts = {name: value.encode("latin-1") for name, value in headers.items()} | {"": body}
    for changed in flipped(parts):
        body = changed.pop("")
        with pytest.raises(BadNotice):
            notices.open({name: value.decode("latin-1") for name, value in changed.items()}, body)


def test_the_peer_opens_what_our_tests_seal(ask):
    resource = notice("TRANSACTION.SUCCESS", paid())["resource"]
    assert json.loads(ask("open", sealing=SEALING, resource=resource)) == paid()


def test_the_peer_proves_our_requests_and_our_sheet(ask, till, script, merchant):
    key = public_pem(merchant.private).decode()
    script.say({"prepay_id": "wx201410272009395522657a690389285100"})
    sheet = till.sheet(ASKED, "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o")
    lines = [sheet[name] for name in ("appId", "timeStamp", "nonceStr", "package")]
    assert ask("lines", key=key, signature=sheet["paySign"], lines=lines)
    lines[1] = str(int(lines[1]) + 1)
    assert not ask("lines", key=key, signature=sheet["paySign"], lines=lines)
    script.say(paid())
    till.trade(NUMBER)
    for method, path, headers, body in script.asked:
        parts = dict(re.findall(r'(\w+)="([^"]*)"', headers["Authorization"]))
        assert (parts["mchid"], parts["serial_no"]) == (MERCHANT, SERIAL)
        request = {
            "key": key,
            "signature": parts["signature"],
            "method": method,
            "uri": path,
            "stamp": parts["timestamp"],
            "nonce": parts["nonce_str"],
        }
        assert ask("request", **request, body=body.decode())
        assert not ask("request", **request, body=body.decode() + " ")


def test_the_peer_reads_the_same_in_a_statement(ask):
    rows = [payment("A1", "1234.56"), refund("R1", "0.29"), refund("R2", "1.00", "PROCESSING")]
    plain = b"\xef\xbb\xbf" + bill(rows)
    theirs = ask("bill", text=base64.b64encode(plain).decode())
    ours = read(plain, MERCHANT, APP)
    assert theirs["summary"]["总交易单数"] == str(len(ours)) == "3"
    for line, row in zip(ours, theirs["rows"], strict=True):
        number, yuan = (
            ("商户订单号", "订单金额")
            if line.kind == "payment"
            else ("商户退款单号", "申请退款金额")
        )
        assert (line.number, line.fen) == (row[number], round(float(row[yuan]) * 100))

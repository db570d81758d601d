"""The stand-in against two independent implementations from npm; needs Node."""

import base64
import json
import subprocess
import time
from pathlib import Path

import pytest

from tests.sandbox.conftest import APP_ID
from tests.sandbox.pay.conftest import API_KEY, KEY_ID, MCH, SERIAL
from tests.sandbox.test_conformance import HOME
from tests.servers import need

pytestmark = pytest.mark.slow

PACKAGES = ("wechatpay-axios-plugin@0.9.6", "wechatpay-node-v3@2.2.1")
SCRIPT = Path(__file__).parent / "peers.js"
NUMBER = "A00000000001"


@pytest.fixture(scope="module")
def packages():
    """Install the two packages once; they stay in var/."""
    home = HOME / "pay"
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "node_modules" / "wechatpay-node-v3").exists():
        command = ["npm", "install", "--prefix", str(home), "--no-audit", "--no-fund", *PACKAGES]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
            reason = done.stderr.strip().splitlines()[-1:] if done.returncode else []
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = [type(error).__name__]
        need(not reason, f"npm cannot install {PACKAGES}: {reason}")
    return home


@pytest.fixture
def ask(node, packages, merchant, till):
    """Put a question to the peers."""
    folder = merchant.folder
    (certificate,) = (folder / "certificates").glob("*.pem")
    certs = {
        KEY_ID: (folder / "platform_public_key.pem").read_text(),
        certificate.stem: certificate.read_text(),
    }
    known = {"mchid": MCH, "serial": SERIAL, "key": str(folder / "merchant_key.pem")}
    known |= {"certs": certs, "apiKey": API_KEY}

    def put(op, **question):
        done = subprocess.run(
            [node, str(SCRIPT)],
            input=json.dumps({"op": op, **known, **question}),
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            env={"NODE_PATH": str(packages / "node_modules"), "NODE_OPTIONS": "--no-deprecation"},
        )
        answer = json.loads(done.stdout)
        assert "error" not in answer, answer["error"]
        return answer

    return put


@pytest.mark.parametrize("mode", ["public_key", "certificates"])
def test_a_peer_orders_and_believes_every_answer(ask, till, served, mode):
    till.post("/pay/settings", {"mode": mode})
    till.some("zhang")
    wished = KEY_ID if mode == "public_key" else till.certificate
    whole = {"base": f"{served}/", "wished": wished, "order": till.row()}
    opened, found, _ = ask("life", **whole)
    assert (opened["prepay_id"][:2], found["trade_state"]) == ("wx", "NOTPAY")
    till.post(f"/pay/orders/{NUMBER}/pay")
    back = {"out_trade_no": NUMBER, "out_refund_no": "R1"}
    back["amount"] = {"refund": 1, "total": 38000, "currency": "CNY"}
    other = {**whole, "order": till.row("B00000000001"), "refund": back}
    assert ask("life", **other)[2]["status"] == "PROCESSING"


@pytest.mark.parametrize("share", [0, 1])
def test_peers_open_notices_of_both_keys(ask, till, notify, share):
    till.post("/pay/settings", {"mode": "migrating", "migrating_share": share})
    till.paid(NUMBER)
    till.settled()
    headers, body = notify.notices[0]
    assert headers["Wechatpay-Serial"] == (KEY_ID if share else till.certificate)
    trade = till.trade(NUMBER)
    assert ask("open", headers=headers, body=body.decode()) == [[True, trade], [True, trade]]
    wrong = ask("open", headers=headers, body=body.decode(), wrong=True)
    assert [verdict for verdict, _ in wrong] == [False, False]


def test_the_stand_in_believes_what_a_peer_signs(ask, till):
    till.some("zhang")
    path = "/v3/pay/transactions/jsapi"
    body = json.dumps(till.row(), ensure_ascii=False)
    header = ask("sign", method="POST", path=path, body=body)
    assert till.ask("POST", path, till.row(), headers={"Authorization": header}).status_code == 200
    path = f"/v3/pay/transactions/out-trade-no/{NUMBER}?mchid={MCH}"
    header = ask("sign", method="GET", path=path)
    assert till.ask("GET", path, headers={"Authorization": header}).status_code == 200


def test_the_sheet_believes_what_a_peer_signs(ask, till):
    row = [APP_ID, str(int(time.time())), "n0nce", f"prepay_id={till.order(NUMBER)}"]
    asked = dict(zip(("appId", "timeStamp", "nonceStr", "package"), row, strict=True))
    asked |= {"signType": "RSA", "paySign": ask("paySign", lines=row)}
    till.client.set_cookie("sandbox_openid", "zhang")
    assert till.client.post("/pay-sheet/open", json=asked).get_json()["ok"]


def test_a_peer_reads_the_bill(ask, till, world):
    till.paid(NUMBER)
    till.paid("B00000000001")
    day = (world.clock.now().timestamp() + 8 * 3600) // 86400
    till.pass_time(advance="2d")
    date = time.strftime("%Y-%m-%d", time.gmtime(day * 86400))
    told = till.good("GET", f"/v3/bill/tradebill?bill_date={date}")
    path = told["download_url"].removeprefix(world.account.base_url)
    content = base64.b64encode(till.ask("GET", path).get_data()).decode()
    read = ask("bill", content=content)
    assert {row["商户订单号"] for row in read["rows"]} == {NUMBER, "B00000000001"}
    assert read["summary"]["订单总金额"] == "760.00"

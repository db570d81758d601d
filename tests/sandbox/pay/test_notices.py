"""Notices: what they hold, when they come again, and when they do not."""

import threading

import pytest
from cryptography.exceptions import InvalidSignature

from sandbox.app import create_app
from sandbox.pay.notices import PROBE, RETRIES_S
from tests.sandbox.pay.conftest import KEY_ID

ORDER = "/pay/orders/A00000000001"


def notice(till):
    (found,) = till.get(ORDER)["notices"]
    return found


def test_a_notice_that_is_taken_comes_once(till, notify):
    till.paid()
    till.settled()
    till.pass_time(advance="3d")
    assert len(notify.notices) == 1
    assert (notice(till)["state"], notice(till)["next_at"]) == ("told", None)


def test_a_notice_that_fails_comes_again_by_the_table(till, notify):
    notify.answers = [500, 404] + [403] * 20
    till.paid()
    till.settled()
    till.pass_time(advance="14s")
    assert len(notify.notices) == 1
    till.pass_time(advance="2s")
    assert len(notify.notices) == 2
    assert notice(till)["next_at"]
    till.pass_time(advance="2d")
    assert len(notify.notices) == 1 + len(RETRIES_S) == 16
    shown = notice(till)
    assert (shown["state"], shown["next_at"]) == ("given_up", None)
    assert [one["status"] for one in shown["tries"]][:3] == [500, 404, 403]
    assert sum(RETRIES_S) == 24 * 3600 + 4 * 60
    ids = {till.opened(one)[1]["transaction_id"] for one in notify.notices}
    assert len(ids) == 1


@pytest.mark.parametrize("limit_s", [0.2])
def test_a_bot_that_is_slow_is_told_again(till, notify):
    notify.wait_s = 0.5
    till.paid()
    till.settled()
    assert notice(till)["tries"][0]["error"] == "timeout"
    notify.wait_s = 0
    till.pass_time(advance="16s")
    assert notice(till)["state"] == "told"


def test_notices_may_never_come(till, notify):
    till.post("/pay/settings", {"notify": False})
    till.paid()
    till.pass_time(advance="2d")
    assert notify.notices == []
    assert notice(till)["state"] == "withheld"


def test_keys_are_mixed_while_they_change(till, notify):
    till.post("/pay/settings", {"mode": "migrating", "migrating_share": 0.5})
    for n in range(30):
        till.world.pay.notices.send("TRANSACTION.SUCCESS", f"X{n}", till.url, {"x": 1})
    till.settled()
    serials = [till.verify(*one) for one in notify.notices]
    assert set(serials) == {KEY_ID, till.certificate}
    till.post("/pay/settings", {"migrating_share": 0})
    till.paid()
    till.settled()
    assert till.verify(*notify.notices[-1]) == till.certificate


def test_a_probe_is_no_notice(till, notify):
    assert "url" in till.refused("/pay/probe")
    till.order()
    notify.answers = [401]
    shown = till.post("/pay/probe")
    assert (shown["ok"], shown["status"], shown["url"]) == (True, 401, till.url)
    assert not till.post("/pay/probe")["ok"]
    headers, _ = notify.notices[0]
    assert headers["Wechatpay-Signature"].startswith(PROBE)
    assert [one["ok"] for one in till.get("/pay/probes")["probes"]] == [True, False]
    assert till.trade()["trade_state"] == "NOTPAY"


def test_probes_come_now_and_then(till, notify):
    till.post("/pay/settings", {"signtest_chance": 1})
    till.paid()
    till.settled()
    assert len(notify.notices) == 2
    assert notice(till)["state"] == "told"


def test_a_notice_can_be_doubled_cut_and_forged(till, notify):
    till.post("/faults", {"kind": "duplicate", "path": "notice"})
    till.paid()
    till.settled()
    assert len(notify.notices) == 2
    till.post("/faults", [{"kind": "bad_signature", "path": "notice"}])
    notify.answers = [401]
    till.paid("B00000000001")
    till.settled()
    with pytest.raises(InvalidSignature):
        till.verify(*notify.notices[-1])
    till.post("/faults", [{"kind": "unsigned", "path": "notice"}])
    till.pass_time(advance="16s")
    assert "Wechatpay-Signature" not in notify.notices[-1][0]
    till.post("/faults", [{"kind": "cut_before", "path": "notice"}])
    till.paid("C00000000001")
    till.settled()
    (tried,) = till.get("/pay/orders/C00000000001")["notices"][0]["tries"]
    assert tried["error"] == "cut"


def test_a_notice_can_come_ten_times_at_once(till, notify):
    till.paid()
    till.settled()
    path = f"/pay/notices/{notice(till)['id']}/again"
    notify.wait_s = 0.2
    tries = till.post(path, {"copies": 10})["tries"]
    assert [one["status"] for one in tries] == [204] * 10
    assert len({till.opened(one)[1]["transaction_id"] for one in notify.notices}) == 1
    assert len({headers["Wechatpay-Nonce"] for headers, _ in notify.notices}) == 11
    assert sum(one["ms"] for one in tries) > 1500
    assert till.refused(path, {"copies": 0}).endswith(".")
    assert till.refused("/pay/notices/none/again").endswith(".")


def test_an_order_is_paid_once_however_many_pay(till, notify, world):
    till.order()
    app, statuses = create_app(world), []

    def once():
        answer = app.test_client().post(f"/control{ORDER}/pay", json={})
        statuses.append(answer.status_code)

    threads = [threading.Thread(target=once) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(statuses) == [200] + [400] * 7
    till.settled()
    assert len(notify.notices) == 1


def test_the_wire_shows_notices_in_clear_and_no_key(till, merchant):
    till.paid()
    till.settled()
    entries = till.get("/wire")["entries"]
    assert {"pay", "notice"} <= {entry["kind"] for entry in entries}
    (shown,) = [entry for entry in entries if entry["kind"] == "notice"]
    assert '"total": 38000' in shown["request"]["resource"]
    whole = str(entries)
    assert merchant.api_v3_key not in whole
    assert "PRIVATE" not in whole
    assert "WECHATPAY2" not in whole

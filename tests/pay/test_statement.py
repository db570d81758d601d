"""A day's statement is read to the fen, or not at all."""

import gzip
import hashlib
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.statement import Line
from bot.pay import statement
from bot.pay.statement import BadStatement, read, unpack
from tests.pay.conftest import APP, MERCHANT

# the lines of names as WeChat prints them (wechatpay-go, core/client_test.go)
NAMES = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注"
SUMS = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)

PUBLISHED = f"""{NAMES}
`2021-01-28 17:07:11,`wx81be3101902f7cb2,`1601959334,`0,`,`4200000925202101284997714292,`S20210128170702357723,`ofyak5qR_1wYsC99CsWA6R9MJazA,`NATIVE,`SUCCESS,`OTHERS,`CNY,`0.01,`0.00,`0,`0,`0.00,`0.00,`,`,`for testing,`cipher code,`0.00000,`1.00%,`0.01,`0.00,`
`2021-01-28 15:35:18,`wx81be3101902f7cb2,`1601959334,`0,`,`4200000910202101282955148400,`S20210128153505214586,`ofyak5qR_1wYsC99CsWA6R9MJazA,`NATIVE,`SUCCESS,`OTHERS,`CNY,`0.01,`0.00,`0,`0,`0.00,`0.00,`,`,`for testing,`cipher code,`0.00000,`1.00%,`0.01,`0.00,`
`2021-01-28 16:59:46,`wx81be3101902f7cb2,`1601959334,`0,`,`4200000926202101281412639609,`S20210128165824499930,`ofyak5qR_1wYsC99CsWA6R9MJazA,`NATIVE,`SUCCESS,`OTHERS,`CNY,`0.01,`0.00,`0,`0,`0.00,`0.00,`,`,`for testing,`cipher code,`0.00000,`1.00%,`0.01,`0.00,`
{SUMS}
`3,`0.03,`0.00,`0.00,`0.00000,`0.03,`0.00
"""
"""What wechatpay-go downloads in its tests."""


def row(**values):
    cells = dict.fromkeys(NAMES.split(","), "")
    cells |= {"公众账号ID": APP, "商户号": MERCHANT, "货币种类": "CNY", "商品名称": "培训, 服务"}
    cells |= {"订单金额": "0.00", "申请退款金额": "0.00", **values}
    return cells


def payment(number, yuan, **more):
    return row(商户订单号=number, 交易状态="SUCCESS", 商户退款单号="0", 订单金额=yuan, **more)


def refund(number, yuan, state="SUCCESS", **more):
    return row(
        商户订单号="P",
        商户退款单号=number,
        交易状态="REFUND",
        退款状态=state,
        申请退款金额=yuan,
        **more,
    )


def cents(rows, name):
    return sum(round(float(row[name]) * 100) for row in rows)


def bill(rows, names=NAMES, end="\r\n", **sums):
    total, back = cents(rows, "订单金额"), cents(rows, "申请退款金额")
    told = dict.fromkeys(SUMS.split(","), "0.00") | {
        "总交易单数": str(len(rows)),
        "订单总金额": f"{total // 100}.{total % 100:02}",
        "申请退款总金额": f"{back // 100}.{back % 100:02}",
        **sums,
    }
    tick = lambda values: ",".join(f"`{value}" for value in values)
    lines = [names, *(tick(row[name] for name in names.split(",")) for row in rows)]
    return (end.join([*lines, SUMS, tick(told.values())]) + end).encode()


def lines(plain, merchant=MERCHANT, account=APP):
    return read(plain, merchant, account)


def bad(call, *values):
    with pytest.raises(BadStatement) as error:
        call(*values)
    return error.value.reason


def test_the_published_statement_is_read():
    assert lines(PUBLISHED.encode(), "1601959334", "wx81be3101902f7cb2") == (
        Line("payment", "S20210128170702357723", 1, "SUCCESS"),
        Line("payment", "S20210128153505214586", 1, "SUCCESS"),
        Line("payment", "S20210128165824499930", 1, "SUCCESS"),
    )


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_payments_and_refunds_are_told(end):
    rows = [payment("A1", "1234.56"), refund("R1", "0.29"), refund("R2", "1", "PROCESSING")]
    expected = (
        Line("payment", "A1", 123456, "SUCCESS"),
        Line("refund", "R1", 29, "SUCCESS"),
        Line("refund", "R2", 100, "PROCESSING"),
    )
    assert lines(bill(rows, end=end)) == expected
    assert lines(b"\xef\xbb\xbf" + bill(rows, end=end)) == expected


@pytest.mark.parametrize(
    ("printed", "told"),
    [("SUCCESS", "SUCCESS"), ("PROCESSING", "PROCESSING"), ("CHANGE", "ABNORMAL"), ("FAIL", "CLOSED"),
     ("NEW_STATE", "NEW_STATE")],
)  # fmt: skip
def test_how_a_refund_stands_is_told_in_one_language(printed, told):
    assert lines(bill([refund("R1", "1.00", printed)])) == (Line("refund", "R1", 100, told),)


def test_a_payment_of_another_state_is_left_to_be_found_by_comparing():
    (line,) = lines(bill([row(交易状态="REVOKED", 商户订单号="A1", 订单金额="1.00")]))
    assert line == Line("payment", "A1", 100, "REVOKED")


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=20))
def test_no_fen_is_lost(amounts):
    rows = [payment(f"A{n}", f"{fen // 100}.{fen % 100:02}") for n, fen in enumerate(amounts)]
    assert [line.fen for line in lines(bill(rows))] == amounts


def test_a_column_that_wechat_adds_or_moves_changes_nothing():
    rows = [payment("A1", "1.00") | {"新列": "`9"}]
    moved = ",".join(["新列", *reversed(NAMES.split(","))])
    assert lines(bill(rows, moved)) == lines(bill([payment("A1", "1.00")]))


def test_what_belongs_to_another_account_of_the_merchant_is_left_out():
    rows = [payment("A1", "1.00"), payment("B1", "2.00", 公众账号ID="wx0000000000000002")]
    assert [line.number for line in lines(bill(rows))] == ["A1"]


def test_what_was_sold_may_be_called_anything_on_one_line():
    odd = 'a,b`c\u2028d\x0be\x85f"g'
    rows = [payment("A1", "1.00", 商品名称=odd), payment("A2", "1.00", 商户数据包=odd)]
    assert [line.number for line in lines(bill(rows))] == ["A1", "A2"]


def test_a_day_of_many_is_read():
    rows = [payment(f"A{n}", "0.01") for n in range(3000)]
    assert len(lines(bill(rows))) == 3000


GOOD = [payment("A1", "10.00"), refund("R1", "2.50")]


@pytest.mark.parametrize(
    ("plain", "reason"),
    [
        (b"", "table"),
        (b"\xff\xfe", "text"),
        ("对账单不存在".encode(), "table"),
        (bill(GOOD).rpartition(SUMS.encode())[0], "table"),
        (b"\n".join(bill(GOOD).splitlines()[:-1]), "table"),
        (b"\n".join(bill(GOOD).splitlines()[1:]), "table"),
        (bill(GOOD, 总交易单数="3"), "count"),
        (bill(GOOD, 总交易单数="两"), "count"),
        (bill(GOOD, 订单总金额="10.01"), "sums"),
        (bill(GOOD, 申请退款总金额="2.51"), "sums"),
        (bill(GOOD, 订单总金额=""), "amount"),
        (bill(GOOD).replace(b"`10.00,`0.00,`\r", b"`1e1,`0.00,`\r"), "amount"),
        (bill(GOOD).replace(b"`10.00,`0.00,`\r", b"`-10.00,`0.00,`\r"), "amount"),
        (bill(GOOD).replace(b"`10.00,`0.00,`\r", b"`10.001,`0.00,`\r"), "amount"),
        (bill(GOOD).replace(b"`10.00,`0.00,`\r", "`１0.00,`0.00,`\r".encode()), "amount"),
        (bill(GOOD).replace(b"`CNY,", b""), "row"),
        (bill(GOOD).replace(b"\r\n`", b"\r\n", 1), "row"),
        (bill(GOOD).replace("订单金额,申请".encode(), "订单,申请".encode()), "columns"),
        (bill(GOOD).replace("费率备注".encode(), "商户号".encode()), "columns"),
        (bill(GOOD).replace("总交易单数".encode(), "单数".encode()), "columns"),
        (bill([payment("A1", "1.00", 商户号="1900000110")]), "merchant"),
        (bill([payment("A1", "1.00", 货币种类="USD")]), "currency"),
        (bill([payment("", "1.00")]), "row"),
        (bill([payment("A1", "0.00")]), "row"),
        (bill([refund("0", "1.00")]), "row"),
        (bill([refund("R1", "1.00", "")]), "state"),
        (bill([row(交易状态="成功", 商户订单号="A1", 订单金额="1.00")]), "state"),
        (bill([row(交易状态="", 商户订单号="A1", 订单金额="1.00")]), "state"),
    ],
)
def test_a_damaged_statement_is_not_read(plain, reason):
    assert bad(lines, plain) == reason


@given(st.binary(max_size=300))
def test_whatever_comes_is_refused_without_a_fault(plain):
    bad(lines, plain)


def test_one_flipped_bit_is_found_before_it_is_read():
    plain = bill(GOOD)
    digest = hashlib.sha1(plain).hexdigest()
    packed = gzip.compress(plain)
    assert unpack(packed, digest) == unpack(packed, digest.upper()) == plain
    assert unpack(plain, digest) == plain
    for bit in range(0, 8 * len(plain), 37):
        changed = bytearray(plain)
        changed[bit // 8] ^= 1 << bit % 8
        assert bad(unpack, bytes(changed), digest) == "hash"


def test_a_broken_or_endless_archive_is_not_unpacked(monkeypatch):
    plain = bill(GOOD)
    digest, packed = hashlib.sha1(plain).hexdigest(), gzip.compress(plain)
    for broken in (
        packed[:-1],
        packed[:20],
        packed + b"x",
        packed + packed,
        packed[:2] + b"\xff" * 30,
    ):
        assert bad(unpack, broken, digest) == "gzip"
    monkeypatch.setattr(statement, "LARGEST", 1000)
    assert bad(unpack, gzip.compress(bytes(10**6)), digest) == "size"
    exact = bytes(1000)
    assert unpack(gzip.compress(exact), hashlib.sha1(exact).hexdigest()) == exact


def test_a_hundred_megabytes_are_the_most():
    packer = zlib.compressobj(wbits=31)
    packed = b"".join(packer.compress(bytes(1 << 20)) for _ in range(101)) + packer.flush()
    assert bad(unpack, packed, "") == "size"

"""The bill of a day as a file (WeChat Pay: 申请交易账单, 下载账单)."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

from sandbox.pay.orders import SHANGHAI, Order

if TYPE_CHECKING:
    from sandbox.pay.service import Pay

Line = dict[str, str]
"""One line of the file: values by the names of the columns."""

_HEAD = (
    "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,"
    "用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额"
)
_TAIL = "商品名称,商户数据包,手续费,费率,订单金额"
_BACK = "微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态"
COLUMNS = {
    "ALL": f"{_HEAD},{_BACK},{_TAIL},申请退款金额,费率备注".split(","),
    "SUCCESS": f"{_HEAD},{_TAIL},费率备注".split(","),
    "REFUND": f"{_HEAD},退款申请时间,退款成功时间,{_BACK},{_TAIL},申请退款金额,费率备注".split(","),
}
SUMS = (
    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额"
)

BACK_STATES = {"SUCCESS": "SUCCESS", "PROCESSING": "PROCESSING", "ABNORMAL": "CHANGE"}
"""A refund's state in the file; one that was closed is FAIL."""

FEE_PER_MILLE = 6


def lines_of(pay: Pay, day: date) -> list[Line]:
    """Return what happened on a day in Shanghai, with the differences that were planted."""
    orders = pay.orders.all()
    made = [_payment(o) for o in orders if o["state"] == "SUCCESS" and _on(o["paid"], day)]
    for order in orders:
        refunds = (pay.state.get("pay_refund", number) for number in order["refunds"])
        made += [_refund(order, one) for one in refunds if one and _on(one["created"], day)]
    plan = pay.state.get("pay_bill_plan", day.isoformat()) or {}
    made = [line for line in made if _name(line) not in plan.get("drop", [])]
    for change in plan.get("change", []):
        for line in made:
            if _name(line) == (change.get("out_refund_no") or change["out_trade_no"]):
                _change(line, change)
    made += [_added(pay, day, row) for row in plan.get("add", [])]
    return sorted(made, key=lambda line: line["交易时间"])


def write(lines: list[Line], kind: str) -> str:
    """Write the file of a kind: ALL, SUCCESS or REFUND."""
    wanted = [line for line in lines if kind in ("ALL", line["交易状态"])]
    columns = COLUMNS[kind]
    rows = [",".join(columns), *(_ticked(line[name] for name in columns) for line in wanted)]
    fees = sum(float(line["手续费"]) for line in wanted)
    sums = [
        str(len(wanted)),
        *(_sum(wanted, name) for name in ("应结订单金额", "退款金额", "充值券退款金额")),
        f"{fees + 0.0:.5f}",
        *(_sum(wanted, name) for name in ("订单金额", "申请退款金额")),
    ]
    # The mark of byte order at its beginning is WeChat's.
    return "\ufeff" + "\r\n".join([*rows, SUMS, _ticked(sums), ""])


def _sum(lines: list[Line], name: str) -> str:
    return yuan(sum(fen_of(line[name]) for line in lines))


def _ticked(values: Any) -> str:
    return ",".join(f"`{value}" for value in values)


def yuan(fen: int) -> str:
    """Write fen as yuan."""
    return f"{fen // 100}.{fen % 100:02d}"


def fen_of(text: str) -> int:
    """Read what ``yuan`` wrote."""
    return int(text.replace(".", ""))


def _on(seconds: float, day: date) -> bool:
    return datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI).date() == day


def _time(seconds: float | None) -> str:
    if seconds is None:
        return ""
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone(SHANGHAI):%F %T}"


def _fee(fen: int, sign: str = "") -> str:
    fee = (fen * FEE_PER_MILLE + 500) // 1000
    return f"{sign if fee else ''}{fee / 100:.5f}"


def _plain(text: str) -> str:
    """A comma or a line feed of the merchant's would break the line."""
    return text.replace(",", "\\ ").replace("\r", "").replace("\n", "\\n")


def _payment(order: Order) -> Line:
    line = dict.fromkeys([*COLUMNS["ALL"], *COLUMNS["REFUND"]], "")
    line |= {
        "交易时间": _time(order["paid"]),
        "公众账号ID": order["appid"],
        "商户号": order["mchid"],
        "特约商户号": "0",
        "微信订单号": order["transaction"],
        "商户订单号": order["number"],
        "用户标识": order["payer"],
        "交易类型": order["type"],
        "交易状态": "SUCCESS",
        "付款银行": "OTHERS",
        "货币种类": "CNY",
        "微信退款单号": "0",
        "商户退款单号": "0",
        "商品名称": _plain(order["description"]),
        "商户数据包": _plain(order["attach"]),
        "费率": f"{FEE_PER_MILLE / 10:.2f}%",
    }
    line |= dict.fromkeys(("代金券金额", "退款金额", "充值券退款金额", "申请退款金额"), "0.00")
    _price(line, order["fen"])
    return line


def _refund(order: Order, refund: dict[str, Any]) -> Line:
    line = _payment(order)
    line |= {
        "交易时间": _time(refund["created"]),
        "交易状态": "REFUND",
        "应结订单金额": "0.00",
        "订单金额": "0.00",
        "退款申请时间": _time(refund["created"]),
        "退款成功时间": _time(refund.get("done") if refund["status"] == "SUCCESS" else None),
        "微信退款单号": refund["id"],
        "商户退款单号": refund["number"],
        "退款类型": "ORIGINAL",
        "退款状态": BACK_STATES.get(refund["status"], "FAIL"),
    }
    _price(line, refund["fen"])
    return line


def _price(line: Line, fen: int) -> None:
    back = line["交易状态"] == "REFUND"
    names = ("退款金额", "申请退款金额") if back else ("应结订单金额", "订单金额")
    line |= dict.fromkeys(names, yuan(fen))
    line["手续费"] = _fee(fen, "-" if back else "")


def _name(line: Line) -> str:
    """Return the merchant's number of what happened."""
    return line["商户退款单号"] if line["交易状态"] == "REFUND" else line["商户订单号"]


def _change(line: Line, change: dict[str, Any]) -> None:
    if "fen" in change:
        _price(line, change["fen"])
    if "state" in change:
        back = line["交易状态"] == "REFUND"
        line["退款状态" if back else "交易状态"] = change["state"]


def _added(pay: Pay, day: date, row: dict[str, Any]) -> Line:
    """Make a line of what never was; with an ``out_refund_no`` it is a refund."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=SHANGHAI).timestamp()
    order = {
        "paid": noon,
        "appid": pay.app_id,
        "mchid": pay.merchant.mch_id,
        "transaction": row.get("transaction_id", f"42000{day:%Y%m%d}{0:015d}"),
        "number": row["out_trade_no"],
        "payer": row.get("openid", ""),
        "type": row.get("trade_type", "JSAPI"),
        "description": row.get("description", ""),
        "attach": "",
        "fen": row["fen"],
    }
    if "out_refund_no" not in row:
        line = _payment(order)
    else:
        back = {"number": row["out_refund_no"], "id": row.get("refund_id", f"50300{0:024d}")}
        back |= {"created": noon, "done": noon, "status": "SUCCESS", "fen": row["fen"]}
        line = _refund(order, back)
    _change(line, {"state": row["state"]} if "state" in row else {})
    return line

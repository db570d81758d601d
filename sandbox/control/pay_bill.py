"""Planting differences between what was and what the bill of a day says."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask import Blueprint, Response, jsonify

from sandbox.control.asked import BadRequest, body
from sandbox.pay.service import Pay

NO_PLAN: dict[str, Any] = {"drop": [], "add": [], "change": []}


def add_bill(paths: Blueprint, pay: Pay) -> None:
    """Add the paths of the bill."""

    @paths.get("/bill/<day>")
    def planned(day: str) -> Response:
        return jsonify(pay.state.get("pay_bill_plan", _day(day)) or NO_PLAN)

    @paths.post("/bill/<day>")
    def plan(day: str) -> Response:
        name, row = _day(day), {**NO_PLAN, **body()}
        _check_plan(row)
        pay.state.put("pay_bill_plan", name, row)
        return jsonify(row)


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise BadRequest("The day must be written as 2026-11-25.") from None


def _check_plan(plan: dict[str, Any]) -> None:
    if set(plan) != set(NO_PLAN) or not all(isinstance(rows, list) for rows in plan.values()):
        raise BadRequest("drop, add and change must be lists.")
    if not all(isinstance(number, str) for number in plan["drop"]):
        raise BadRequest("drop must hold numbers of orders or refunds.")
    for row in plan["add"]:
        if not isinstance(row, dict) or not isinstance(row.get("out_trade_no"), str):
            raise BadRequest("What is added needs an out_trade_no and fen.")
        if type(row.get("fen")) is not int or row["fen"] < 0:
            raise BadRequest("What is added needs fen, a whole number.")
    for row in plan["change"]:
        named = isinstance(row, dict) and (row.get("out_refund_no") or row.get("out_trade_no"))
        if not isinstance(named, str) or not isinstance(row.get("state", ""), str):
            raise BadRequest("A change needs an out_trade_no or out_refund_no, and fen or state.")
        if type(row.get("fen", 0)) is not int or row.get("fen", 0) < 0:
            raise BadRequest("fen must be a whole number.")

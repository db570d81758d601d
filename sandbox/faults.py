"""Misbehaviour on demand."""

from __future__ import annotations

import random
import threading
from typing import Any

KINDS = {
    "slow": {"api", "push", "cloud", "pay", "notice"},
    "http_500": {"api", "cloud", "pay"},
    "errcode": {"api"},
    "code": {"cloud", "pay"},
    "garbage": {"cloud", "pay"},
    "cut_before": {"api", "push", "cloud", "pay", "notice"},
    "cut_after": {"api", "push", "cloud", "pay", "notice"},
    "expire_token": {"api"},
    "duplicate": {"push", "notice"},
    "reorder": {"push"},
    "bad_signature": {"pay", "notice"},
    "unsigned": {"pay", "notice"},
    "abnormal": {"pay"},
    "closed": {"pay"},
}

Rule = dict[str, Any]


class Faults:
    """A list of rules; each is used up after ``times`` hits."""

    def __init__(self, seed: int | None = None) -> None:
        self._rules: list[Rule] = []
        self._lock = threading.Lock()
        self._random = random.Random(seed)  # noqa: S311 a die for faults, no secret

    def add(self, rules: list[Any]) -> None:
        """Add rules. Raises ValueError with a sentence."""
        checked = [_checked(rule) for rule in rules]
        with self._lock:
            self._rules.extend(checked)

    def clear(self) -> None:
        """Behave again."""
        with self._lock:
            self._rules.clear()

    def clear_errcode(self, errcode: int) -> None:
        """Drop the rules that answer one errcode (clear_quota ends 45009)."""
        with self._lock:
            self._rules = [r for r in self._rules if r.get("errcode") != errcode]

    def rules(self) -> list[Rule]:
        """Return the rules that are not used up."""
        with self._lock:
            return [dict(rule) for rule in self._rules]

    def take(self, path: str, kinds: set[str]) -> list[Rule]:
        """Return the rules that strike this call now, at most one of each kind."""
        if not self._rules:
            return []
        with self._lock:
            struck: dict[str, Rule] = {}
            for rule in self._rules:
                fits = rule["path"] in {path, "*"} and rule["kind"] in kinds
                if fits and rule["kind"] not in struck and self._random.random() < rule["chance"]:
                    struck[rule["kind"]] = rule
                    rule["times"] -= 1
            self._rules = [rule for rule in self._rules if rule["times"] > 0]
            return [dict(rule) for rule in struck.values()]


def _side(path: str) -> str:
    """Tell whose path it is: actions of the cloud have names, calls of the API paths."""
    if path in {"push", "notice"}:
        return path
    if path.startswith("/v3/"):
        return "pay"
    return "cloud" if path[:1].isupper() else "api"


def _checked(rule: Any) -> Rule:
    kind = rule.get("kind") if isinstance(rule, dict) else None
    if not isinstance(kind, str) or kind not in KINDS:
        raise ValueError("each rule needs a kind: " + ", ".join(sorted(KINDS)) + ".")
    path = rule.get("path", "push" if KINDS[kind] == {"push"} else "*")
    if not isinstance(path, str):
        raise ValueError("path must be a text.")
    if path != "*" and _side(path) not in KINDS[kind]:
        raise ValueError(f"the kind {kind} does not fit the path {path}.")
    if kind == "errcode" and type(rule.get("errcode")) is not int:
        raise ValueError("a rule of kind errcode needs an errcode.")
    if kind == "code" and not isinstance(rule.get("code"), str):
        raise ValueError("a rule of kind code needs a code.")
    seconds = 2.0 if kind == "reorder" else 1.0
    whole: Rule = {"times": 1, "seconds": seconds, "chance": 1.0, **rule, "path": path}
    if not isinstance(whole["times"], int) or whole["times"] < 1:
        raise ValueError("times must be a whole number above 0.")
    for name in ("seconds", "chance"):
        if not isinstance(whole[name], int | float) or not 0 <= whole[name] <= 3600:
            raise ValueError(f"{name} must be a number from 0 to 3600.")
    return whole

"""``make bench``: interleaved rounds, medians and spread, written to docs/benchmark.md."""

from __future__ import annotations

import os
import platform
import statistics
import sys
import tempfile
from pathlib import Path

from bench.load import Round, one_round
from bench.servers import Server, servers
from tests.servers import free_port, valkey

ROUNDS = int(os.environ.get("ROUNDS", "7"))
REQUESTS = int(os.environ.get("REQUESTS", "1600"))
HEAD = """# Cost of a turn

`make bench`: the same encrypted text message, answered; medians of {rounds} interleaved
rounds of {requests} requests over {c} connection(s), lowest and highest in brackets. One
gunicorn process of eight threads each; load generator on the same machine ({machine}).
Beside weldmate its worker and clock are running; its turn is a whole step of the
eligibility talk: arrival, session, ledger, timer and stored reply, `synchronous=FULL`.
Every answer is opened; what does not open is counted as unanswered.

| server | req/s | × echo | p50 ms | p99 ms | CPU µs/request | × echo | unanswered |
|---|---|---|---|---|---|---|---|
"""


def main() -> None:
    """Measure and write the table."""
    with tempfile.TemporaryDirectory() as name, valkey() as redis_url:
        ports = [free_port() for _ in range(4)]
        under_test = servers(Path(name), ports, redis_url)
        for server in under_test:
            server.start()
        try:
            text = "".join(_table(under_test, c) for c in (8, 1))
        finally:
            for server in under_test:
                server.stop()
    (Path(__file__).parent.parent / "docs" / "benchmark.md").write_text(text, encoding="utf-8")
    sys.stdout.write(text)


def _table(under_test: list[Server], connections: int) -> str:
    rounds: dict[str, list[Round]] = {server.name: [] for server in under_test}
    for server in under_test:
        one_round(server, connections, 160)  # warm
    for _ in range(ROUNDS):
        for server in under_test:
            rounds[server.name].append(one_round(server, connections, REQUESTS))
    echo = rounds[under_test[0].name]
    machine = f"{os.cpu_count()} cores, Python {platform.python_version()}"
    head = HEAD.format(rounds=ROUNDS, requests=REQUESTS, c=connections, machine=machine)
    if connections != 8:
        head = f"\nThe same over one connection:\n\n{head[head.index('| server') :]}"
    return head + "".join(_row(name, mine, echo) for name, mine in rounds.items()) + "\n"


def _row(name: str, mine: list[Round], echo: list[Round]) -> str:
    def median(of: list[Round], what: str) -> float:
        return statistics.median(getattr(one, what) for one in of)

    def shown(what: str, digits: int = 0) -> str:
        values = [getattr(one, what) for one in mine]
        low, high = min(values), max(values)
        return f"{median(mine, what):.{digits}f} ({low:.{digits}f}–{high:.{digits}f})"

    rate = median(mine, "rate") / median(echo, "rate")
    cpu = median(mine, "cpu_us") / median(echo, "cpu_us")
    return (
        f"| {name} | {shown('rate')} | {rate:.2f} | {shown('p50_ms', 1)} | {shown('p99_ms', 1)}"
        f" | {shown('cpu_us')} | {cpu:.2f} | {sum(one.unanswered for one in mine)} |\n"
    )


main()

"""The load: eight welders at once, each waiting for his answer before he writes again."""

from __future__ import annotations

import http.client
import itertools
import secrets
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlencode

from bench.servers import APP, KEY, TOKEN, Server
from bot.wechat.envelope import Envelope, Refused, sign

TALK = ("自查", "1", "1", "2027-9-1", "1", "1", "1", "1", "1", "不用")
ENVELOPE = Envelope(KEY, APP)
NUMBERS = itertools.count(1)


@dataclass
class Round:
    """What one round measured."""

    rate: float
    p50_ms: float
    p99_ms: float
    cpu_us: float
    unanswered: int


def sealed(openid: str, words: str, path: str) -> tuple[str, bytes]:
    """Make one message, sealed as WeChat does."""
    now, nonce = str(int(time.time())), secrets.token_hex(5)
    xml = (
        f"<xml><ToUserName><![CDATA[gh_1]]></ToUserName><FromUserName><![CDATA[{openid}]]>"
        f"</FromUserName><CreateTime>{now}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{words}]]></Content><MsgId>{next(NUMBERS)}</MsgId></xml>"
    )
    text = ENVELOPE.seal(xml.encode())
    query = {
        "signature": sign(TOKEN, now, nonce),
        "timestamp": now,
        "nonce": nonce,
        "encrypt_type": "aes",
        "msg_signature": sign(TOKEN, now, nonce, text),
    }
    body = f"<xml><ToUserName>gh_1</ToUserName><Encrypt><![CDATA[{text}]]></Encrypt></xml>"
    return f"{path}?{urlencode(query)}", body.encode()


def one_round(server: Server, connections: int, requests: int) -> Round:
    """Send so many requests over so many connections; every answer is opened afterwards."""
    each = requests // connections
    people = [f"o{secrets.token_hex(8)}" for _ in range(connections)]
    prepared = [
        [sealed(openid, TALK[n % len(TALK)], server.path) for n in range(each)] for openid in people
    ]
    times: list[float] = []
    answers: list[bytes] = []
    threads = [
        threading.Thread(target=_talk, args=(server.port, talk, times, answers))
        for talk in prepared
    ]
    cpu, began = server.cpu(), time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took, used = time.perf_counter() - began, server.cpu() - cpu
    unanswered = each * connections - sum(map(_opens, answers))
    times.sort()
    count = len(times)
    return Round(
        count / took,
        times[count // 2] * 1e3,
        times[int(count * 0.99)] * 1e3,
        used / count * 1e6,
        unanswered,
    )


def _opens(answer: bytes) -> bool:
    sealed = answer.decode().partition("<Encrypt><![CDATA[")[2].partition("]]>")[0]
    try:
        return bool(ENVELOPE.open(sealed))
    except Refused:
        return False


def _talk(
    port: int, talk: list[tuple[str, bytes]], times: list[float], answers: list[bytes]
) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    for url, body in talk:
        began = time.perf_counter()
        connection.request("POST", url, body, {"Content-Type": "text/xml"})
        answer = connection.getresponse().read()
        times.append(time.perf_counter() - began)
        answers.append(answer)
    connection.close()

"""A gateway on the official vectors' account, and callbacks as WeChat seals them."""

from datetime import UTC, datetime

from bot.wechat.envelope import Envelope, sign
from bot.wechat.gateway import Gateway
from tests.conftest import ROOT, StandingClock, test_settings

NOW = datetime(2024, 4, 26, 6, 20, 45, tzinfo=UTC)
KEY, APP = "A" * 43, "wxba5fad812f8e6fb9"
TOKEN = "AAAAA"


def gateway(at=NOW, **more):
    clock = StandingClock(at)
    options = {"wechat_token": TOKEN, "wechat_aes_key": KEY, "wechat_app_id": APP, **more}
    return Gateway(test_settings("sqlite://", ROOT, **options), clock)


def sealed(xml, *, key=KEY, app=APP, token=TOKEN, at=NOW, tamper=lambda text: text):
    inner = xml if isinstance(xml, bytes) else xml.encode()
    text = tamper(Envelope(key, app).seal(inner, b"sixteen random b"))
    stamp, nonce = str(int(at.timestamp())), "7"
    query = {"timestamp": stamp, "nonce": nonce, "msg_signature": sign(token, stamp, nonce, text)}
    return query, f"<xml><Encrypt><![CDATA[{text}]]></Encrypt></xml>".encode()


def plainly(at=NOW, nonce="7"):
    """Return the query of a plain callback."""
    stamp = str(int(at.timestamp()))
    return {"timestamp": stamp, "nonce": nonce, "signature": sign(TOKEN, stamp, nonce)}


def message(inner="<MsgType>text</MsgType><MsgId>1</MsgId><Content>hi</Content>"):
    return (
        "<xml><ToUserName>gh_1</ToUserName><FromUserName>oA</FromUserName>"
        f"<CreateTime>1714112445</CreateTime>{inner}</xml>"
    )


def opened(inner, **more):
    return gateway(**more).open(*sealed(message(inner)))

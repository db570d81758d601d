"""``python -m sandbox``: serve one account on this machine."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import sys
import threading
from pathlib import Path
from types import FrameType

from sandbox.account import Account
from sandbox.app import serve
from sandbox.clock import read_instant
from sandbox.pay.merchant import Merchant
from sandbox.push import Patience
from sandbox.state import State, Thing
from sandbox.world import World

log = logging.getLogger("sandbox")

EXPIRY: Thing = {
    "id": "demo_expiry",
    "kind": "subscription",
    "title": "证书到期提醒",
    "fields": {"thing1": "事项", "time2": "到期日", "thing3": "提示"},
    "types": {},
}
"""The one subscription template that the demo's operator has added."""

CODE: Thing = {
    "id": "demo_code",
    "kind": "sms",
    "title": "验证码",
    "text": "验证码{1}，{2}分钟内有效。不要告诉别人。",
    "code": True,
    "fields": {},
    "types": {},
}
"""The one text message that carriers have approved for him."""


MERCHANT = ("--mch-id", "--merchant-serial", "--api-v3-key", "--public-key-id")


def main() -> None:
    """Serve until SIGTERM or SIGINT."""
    options = _options()
    logging.basicConfig(level=logging.INFO, format="%(name)s %(levelname)s %(message)s")
    state = State(Path(options.state) if options.state else None)
    try:
        patience = Patience(gap_s=options.retry_gap)
        account, merchant = _account(options), _merchant(options)
        world = World(account, state, options.seed, patience, options.now, merchant)
    except ValueError as error:
        sys.exit(f"sandbox: {error}")
    for template in (EXPIRY, CODE):
        if state.get("template", str(template["id"])) is None:
            state.put("template", str(template["id"]), template)
    try:
        server = serve(world, options.host, options.port)
    except OSError:
        sys.exit(f"sandbox: port {options.port} is taken; choose another with --port")

    def stop(_number: int, _frame: FrameType | None) -> None:
        threading.Thread(target=server.shutdown).start()

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    log.info("WeChat's stand-in listens on port %d", options.port)
    server.serve_forever()
    world.close()
    state.close()
    logging.shutdown()
    os._exit(0)  # a bot that hangs must not keep a push, and so this process, alive


def _account(options: argparse.Namespace) -> Account:
    return Account(
        options.app_id,
        options.app_secret,
        options.token,
        options.aes_key,
        options.push_url,
        f"http://{options.host}:{options.port}",
        options.mode,
    )


def _merchant(options: argparse.Namespace) -> Merchant | None:
    """Return the merchant, if the sandbox sells. Raises ValueError."""
    if options.pay_dir is None:
        return None
    named = (options.mch_id, options.merchant_serial, options.api_v3_key, options.public_key_id)
    if not all(named):
        raise ValueError(f"with --pay-dir, give {' '.join(MERCHANT)} too")
    return Merchant(*named, Path(options.pay_dir))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="sandbox", description=__doc__)
    parser.add_argument("--host", default="127.0.0.1", choices=["127.0.0.1", "localhost"])
    parser.add_argument("--port", type=int, default=8090)
    parser.add_argument("--state", help="a file to remember in; none: memory only")
    parser.add_argument("--push-url", required=True, help="the bot's callback")
    for name in ("app-id", "app-secret", "token", "aes-key"):
        parser.add_argument(f"--{name}", required=True)
    parser.add_argument("--mode", choices=["safe", "plain"], default="safe")
    parser.add_argument("--now", type=read_instant, help="a fresh sandbox's first instant")
    parser.add_argument("--seed", type=int, help="the same openids and chances in every run")
    parser.add_argument(
        "--retry-gap", type=float, default=1.5, help="seconds between tries that fail at once"
    )
    parser.add_argument("--pay-dir", help="sell: keys and certificates are laid down here")
    for name in MERCHANT:
        parser.add_argument(name)
    return parser.parse_args()


if __name__ == "__main__":
    main()

"""The envelope against two independent implementations from npm; needs Node."""

import json
import random
import subprocess
from pathlib import Path

import pytest

from sandbox.wire import Envelope, sign
from tests.servers import need

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parent.parent.parent
HOME = ROOT / "var" / "npm"
PACKAGES = ("wechat-crypto@0.0.2", "@wecom/crypto@1.0.1")
SCRIPT = Path(__file__).parent / "conformance.js"
APP, TOKEN = "wx0000000000000abc", "testtoken"


@pytest.fixture(scope="module")
def packages():
    """Install the two packages once; they stay in var/."""
    HOME.mkdir(parents=True, exist_ok=True)
    if not (HOME / "node_modules" / "@wecom" / "crypto").exists():
        command = ["npm", "install", "--prefix", str(HOME), "--no-audit", "--no-fund", *PACKAGES]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=180, check=False)
            reason = done.stderr.strip().splitlines()[-1:] if done.returncode else []
        except (OSError, subprocess.TimeoutExpired) as error:
            reason = [type(error).__name__]
        need(not reason, f"npm cannot install {PACKAGES}: {reason}")
    return HOME


@pytest.fixture
def ask(node, packages):
    """Put many questions at once."""

    def put(questions):
        text = "\n".join(json.dumps(question) for question in questions)
        done = subprocess.run(
            [node, str(SCRIPT)],
            input=text,
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
            env={"NODE_PATH": str(packages / "node_modules"), "NODE_OPTIONS": "--no-deprecation"},
        )
        return [json.loads(line) for line in done.stdout.splitlines()]

    return put


def key(dice):
    # The last character of a 43-character key holds four bits of padding: they must be zero.
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    return "".join(dice.choice(letters) for _ in range(42)) + "A"


def texts(dice):
    yield from ("", "x", "焊工证复审 ✓ 🔥", "<xml><a><![CDATA[]]]]><![CDATA[>]]></a></xml>")
    for length in range(1, 70):
        yield "".join(dice.choice("焊a1 <>]") for _ in range(length))


def test_they_open_what_the_sandbox_seals(ask):
    dice = random.Random(1)
    cases = [(key(dice), text) for text in texts(dice)]
    questions = [
        {"op": "open", "key": k, "app": APP, "token": TOKEN, "text": Envelope(k, APP).seal(text)}
        for k, text in cases
    ]
    for (_, text), answers in zip(cases, ask(questions), strict=True):
        assert answers == [[text, APP], [text, APP]]


def test_the_sandbox_opens_what_they_seal(ask):
    dice = random.Random(2)
    cases = [(key(dice), text) for text in texts(dice)]
    questions = [
        {"op": "seal", "key": k, "app": APP, "token": TOKEN, "text": text} for k, text in cases
    ]
    for (k, text), answers in zip(cases, ask(questions), strict=True):
        assert [Envelope(k, APP).open(sealed) for sealed in answers] == [text, text]


def test_all_three_sign_alike(ask):
    dice = random.Random(3)
    rows = [(str(dice.randrange(10**10)), str(dice.randrange(10**10)), key(dice)) for _ in "abcdef"]
    questions = [
        {
            "op": "sign",
            "key": key(dice),
            "app": APP,
            "token": TOKEN,
            "stamp": s,
            "nonce": n,
            "text": t,
        }
        for s, n, t in rows
    ]
    for (s, n, t), answers in zip(rows, ask(questions), strict=True):
        assert answers == [sign(TOKEN, s, n, t)] * 2

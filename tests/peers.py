#!/usr/bin/env python3
"""The platforms' own packages on the other side.

    pip install line-bot-sdk slack-sdk standardwebhooks viberbot wechatpy pycryptodome
    python tests/peers.py

Each checks the sample that `crates/channels` signs (the snapshot of its tests), and refuses it
with one byte changed; each signs what the vectors say it signs, where it can sign. Exits with 1
when one disagrees.
"""

import datetime
import json
import sys
from pathlib import Path
from unittest import mock

TESTS = Path(__file__).parent.parent / "crates/channels/src/platform"
SNAPSHOT = TESTS / "snapshots/channels__platform__tests__samples.snap"
SECRET = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
AES_KEY = "kWxPEV2UEDyxWpmPdKC3F4dgPDmOvfKX1HGnEUDS1aR"

samples = json.loads(SNAPSHOT.read_text(encoding="utf-8").split("---\n", 2)[2])
vectors = {v["id"]: v for v in json.loads((TESTS / "tests/vectors.json").read_text("utf-8"))}
failed = []


def check(name, good, bad):
    """Whether a package believes what is right and nothing else."""
    verdict = "agrees" if good is True and bad is False else "DISAGREES"
    print(f"{name}: {verdict}")
    if verdict != "agrees":
        failed.append(name)


def believes(call):
    try:
        return call() is not False
    except Exception:
        return False


def line():
    from linebot.v3.webhook import SignatureValidator

    sample = samples["line"]
    signature = sample["headers"]["x-line-signature"]
    validate = SignatureValidator(SECRET).validate
    good = believes(lambda: validate(sample["body"], signature))
    check("line-bot-sdk", good, believes(lambda: validate(sample["body"] + " ", signature)))


def slack():
    from slack_sdk.signature import SignatureVerifier

    sample = samples["slack"]
    headers = sample["headers"]
    time = headers["x-slack-request-timestamp"]
    clock = mock.Mock(now=lambda: float(time))
    verifier = SignatureVerifier(SECRET, clock)

    def valid(body):
        return verifier.is_valid(body, time, headers["x-slack-signature"])

    check("slack_sdk", valid(sample["body"]), valid(sample["body"] + " "))
    vector = vectors["slack-sdk"]
    signed = SignatureVerifier(vector["secret"]).generate_signature(
        timestamp=vector["ts"], body=vector["body"]
    )
    check("slack_sdk signs", signed == vector["expect"], False)


def hook():
    from standardwebhooks import webhooks

    sample = samples["hook"]
    now = datetime.datetime.fromtimestamp(
        int(sample["headers"]["webhook-timestamp"]), tz=datetime.timezone.utc
    )
    receiver = webhooks.Webhook(SECRET)
    with mock.patch.object(webhooks, "datetime", wraps=datetime.datetime) as clock:
        clock.now = lambda tz=None: now
        good = believes(lambda: receiver.verify(sample["body"], sample["headers"]))
        bad = believes(lambda: receiver.verify(sample["body"] + " ", sample["headers"]))
    check("standardwebhooks", good, bad)
    vector = vectors["stdwh-sdk"]
    time = datetime.datetime.fromtimestamp(int(vector["ts"]), tz=datetime.timezone.utc)
    signed = webhooks.Webhook(vector["secret"]).sign(vector["msg_id"], time, vector["body"])
    check("standardwebhooks signs", signed == vector["expect"], False)


def viber():
    from viberbot import Api, BotConfiguration

    sample = samples["viber"]
    api = Api(BotConfiguration(name="Sample", avatar="", auth_token=SECRET))
    signature = sample["headers"]["x-viber-content-signature"]

    def valid(body):
        return api.verify_signature(body.encode(), signature)

    check("viberbot", valid(sample["body"]), valid(sample["body"] + " "))


def wechat():
    from wechatpy.crypto import WeChatCrypto

    sample = samples["wechat"]
    query = sample["query"]
    crypto = WeChatCrypto(SECRET, AES_KEY, "4711")

    def opened(nonce):
        return crypto.decrypt_message(
            sample["body"], query["msg_signature"], query["timestamp"], nonce
        )

    good = believes(lambda: "Where is my order?" in opened(query["nonce"]))
    check("wechatpy", good, believes(lambda: opened(query["nonce"] + "x")))


for peer in (line, slack, hook, viber, wechat):
    peer()
sys.exit(1 if failed else 0)

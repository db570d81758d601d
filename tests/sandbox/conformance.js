// Reads one JSON question a line, answers one a line, with two implementations that are not ours.
"use strict";
const readline = require("node:readline");
const WXBizMsgCrypt = require("wechat-crypto");
const wecom = require("@wecom/crypto");

const answer = ({ op, key, app, token, stamp, nonce, text }) => {
  const old = new WXBizMsgCrypt(token, key, app);
  if (op === "open") {
    const first = old.decrypt(text);
    const second = wecom.decrypt(key, text);
    return [[first.message, first.id], [second.message, second.id]];
  }
  if (op === "seal") return [old.encrypt(text), wecom.encrypt(key, text, app)];
  return [old.getSignature(stamp, nonce, text), wecom.getSignature(token, stamp, nonce, text)];
};

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  process.stdout.write(JSON.stringify(answer(JSON.parse(line))) + "\n");
});

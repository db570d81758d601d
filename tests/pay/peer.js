// Reads one JSON question a line, answers one a line, with an implementation that is not ours.
"use strict";
const readline = require("node:readline");
const { Aes, Formatter, Rsa } = require("wechatpay-axios-plugin");

const proved = (key, signature, ...lines) =>
  Rsa.verify(Formatter.joinedByLineFeed(...lines), signature, Rsa.from(key, "public"));

const ops = {
  // a notice as WeChat sends it
  notice: ({ key, sealing, stamp, nonce, values, event, beside }) => {
    const iv = Formatter.nonce(12);
    const ciphertext = Aes.AesGcm.encrypt(JSON.stringify(values), sealing, iv, beside);
    const resource = { algorithm: "AEAD_AES_256_GCM", ciphertext, nonce: iv, associated_data: beside };
    const body = JSON.stringify({
      id: "EV-2018022511223320873", event_type: event, resource_type: "encrypt-resource",
      summary: "支付成功", resource,
    });
    const signature = Rsa.sign(Formatter.response(stamp, nonce, body), Rsa.from(key, "private"));
    return { body, signature };
  },
  request: ({ key, signature, method, uri, stamp, nonce, body }) =>
    Rsa.verify(Formatter.request(method, uri, stamp, nonce, body), signature, Rsa.from(key, "public")),
  lines: ({ key, signature, lines }) => proved(key, signature, ...lines),
  open: ({ sealing, resource }) =>
    Aes.AesGcm.decrypt(resource.ciphertext, sealing, resource.nonce, resource.associated_data),
  bill: ({ text }) => Formatter.castCsvBill(Buffer.from(text, "base64")),
};

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  const question = JSON.parse(line);
  process.stdout.write(JSON.stringify(ops[question.op](question)) + "\n");
});

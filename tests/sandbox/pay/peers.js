// Reads one JSON question a line, answers one a line, with two SDKs that are not ours.
"use strict";
const fs = require("node:fs");
const readline = require("node:readline");
const { Wechatpay, Rsa, Aes, Formatter } = require("wechatpay-axios-plugin");
const WxPay = require("wechatpay-node-v3");

const work = {
  // Orders, asks and gives back through the first one, which checks every answer's signature.
  async life({ base, mchid, serial, key, certs, wished, order, refund }) {
    const privateKey = fs.readFileSync(key);
    const pay = new Wechatpay({ mchid, serial, privateKey, certs, baseURL: base });
    const config = { headers: { "Wechatpay-Serial": wished } };
    const opened = await pay.v3.pay.transactions.jsapi.post(order, config);
    const path = { out_trade_no: order.out_trade_no, params: { mchid }, ...config };
    const found = await pay.v3.pay.transactions.outTradeNo._out_trade_no_.get(path);
    const back = refund && (await pay.v3.refund.domestic.refunds.post(refund, config));
    return [opened.data, found.data, back && back.data];
  },

  async open({ headers, body, key, certs, apiKey, wrong }) {
    const h = Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
    const [timestamp, nonce, serial, signature] =
      ["timestamp", "nonce", "serial", "signature"].map((name) => h[`wechatpay-${name}`]);
    const raw = wrong ? body.replace("encrypt-resource", "encrypt_resource") : body;
    const public_ = Rsa.from(certs[serial], Rsa.KEY_TYPE_PUBLIC);
    const first = Rsa.verify(Formatter.response(timestamp, nonce, raw), signature, public_);
    const second = await other({ key, certs, apiKey }).verifySign({ timestamp, nonce, body: raw, serial, signature });
    const { ciphertext, associated_data, nonce: once } = JSON.parse(body).resource;
    return [
      [first, JSON.parse(Aes.AesGcm.decrypt(ciphertext, apiKey, once, associated_data))],
      [second, other({ key, certs, apiKey }).decipher_gcm(ciphertext, associated_data, once, apiKey)],
    ];
  },

  async sign({ method, path, body, mchid, serial, key, cert }) {
    const pay = other({ key, certs: {}, mchid, serial, cert });
    const stamp = String(Math.floor(Date.now() / 1000));
    return pay.getAuthorization("n0nce", stamp, pay.getSignature(method, "n0nce", stamp, path, body));
  },

  async paySign({ key, lines }) {
    return Rsa.sign(Formatter.joinedByLineFeed(...lines), fs.readFileSync(key));
  },

  async bill({ content }) {
    return Formatter.castCsvBill(Buffer.from(content, "base64"));
  },
};

function other({ key, certs, mchid = "1", serial = "1", apiKey }) {
  WxPay.certificates = certs;
  return new WxPay({ appid: "wx", mchid, serial_no: serial, publicKey: Buffer.from(""), privateKey: fs.readFileSync(key), key: apiKey });
}

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  const question = JSON.parse(line);
  const answer = await work[question.op](question).catch((error) => ({ error: String(error.stack || error) }));
  process.stdout.write(JSON.stringify(answer) + "\n");
});

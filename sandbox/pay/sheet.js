// A stand-in for paying inside WeChat: WeixinJSBridge, wx.chooseWXPay, and the sheet they show.
"use strict";
(() => {
  const script = document.currentScript;
  const home = new URL(script.src).origin;
  const STYLE = `
    dialog { border: 0; border-radius: 14px 14px 0 0; width: min(100%, 26rem); margin: auto auto 0; padding: 1.2rem 1.4rem;
      box-sizing: border-box; font: 18px/1.6 system-ui, "Noto Sans CJK SC", sans-serif; color: #1a1a1a; text-align: center }
    dialog::backdrop { background: rgb(0 0 0 / .55) }
    h2 { font-size: 1rem; margin: 0; font-weight: 400 } p { margin: .3rem 0 }
    .yuan { font-size: 2.4rem; font-weight: 600 }
    dl { display: grid; grid-template-columns: auto 1fr; gap: .3rem 1rem; margin: .8rem 0; padding: .6rem 0; border: solid #e3e3e3; border-width: 1px 0 }
    dt { color: #5f5f5f; text-align: left } dd { margin: 0; text-align: right; overflow-wrap: anywhere }
    input { font: inherit; font-size: 1.6rem; letter-spacing: .6em; text-align: center; width: 100%; box-sizing: border-box; padding: .3rem; border: 1px solid #888; border-radius: 8px }
    button { font: inherit; display: block; width: 100%; padding: .7rem; margin: .6rem 0 0; border: 0; border-radius: 8px; background: #ececec; color: #1a1a1a }
    button.go { background: #07803c; color: #fff }
    [role=alert] { color: #b00020; min-height: 1.6em }`;

  const send = (path, body) =>
    fetch(`${home}/pay-sheet/${path}`, { method: "POST", credentials: "include", body: JSON.stringify(body) })
      .then((answer) => answer.json())
      .then((row) => ("ok" in row ? row : { ok: false, err_desc: "没有开通微信支付" }))
      .catch(() => ({ ok: false, err_desc: "网络异常，请稍后再试" }));

  const make = (tag, attributes, ...children) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children);
    return element;
  };
  const button = (words, onclick, className = "") => make("button", { type: "button", textContent: words, onclick, className });

  // Draws the sheet; the promise is kept with how it ended: ok, cancel, or fail and why.
  async function show(asked) {
    const host = make("div", {});
    const root = host.attachShadow({ mode: "open" });
    const style = new CSSStyleSheet(); // unlike a <style>, no policy of the page forbids it
    style.replaceSync(STYLE);
    root.adoptedStyleSheets = [style];
    const sheet = make("dialog", { ariaLabel: "微信支付" });
    root.append(sheet);
    document.body.append(host);
    const opened = await send("open", asked);
    return new Promise((settle) => {
      const end = (result, err_desc = "") => { sheet.close(); host.remove(); settle({ result, err_desc }); };
      const draw = (...parts) => sheet.replaceChildren(make("h2", { textContent: "微信支付" }), ...parts);
      const sum = () => make("p", { className: "yuan", textContent: `¥${opened.yuan}` });
      const cancel = () => button("取消", () => end("cancel"));
      const fail = (why) => {
        sheet.oncancel = () => end("fail", why);
        draw(make("p", { role: "alert", textContent: why }), button("知道了", () => end("fail", why), "go"));
      };
      const done = () => {
        sheet.oncancel = () => end("ok");
        draw(make("p", { role: "status", textContent: "支付成功" }), sum(), button("完成", () => end("ok"), "go"));
      };
      const password = () => {
        const words = make("p", { role: "alert" });
        const input = make("input", { type: "password", inputMode: "numeric", maxLength: 6, autocomplete: "off", ariaLabel: "支付密码" });
        input.oninput = async () => {
          if (!/^\d{6}$/.test(input.value)) return;
          input.disabled = true;
          const answer = await send("pay", { ticket: opened.ticket, password: input.value });
          if (answer.ok) return done();
          if (!answer.again) return fail(answer.err_desc);
          words.textContent = answer.err_desc;
          input.value = "";
          input.disabled = false;
          input.focus();
        };
        draw(make("p", { textContent: "请输入支付密码" }), sum(), input, words, cancel());
        input.focus();
      };
      sheet.oncancel = () => end("cancel");
      if (!opened.ok) fail(opened.err_desc);
      else {
        const rows = [["收款方", opened.merchant], ["商品", opened.description]];
        const list = rows.flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })]);
        draw(sum(), make("dl", {}, ...list), button("立即支付", password, "go"), cancel());
      }
      sheet.showModal();
    });
  }

  window.WeixinJSBridge = {
    invoke(name, asked = {}, tell = () => {}) {
      if (name !== "getBrandWCPayRequest") return tell({ err_msg: `${name}:fail`, err_desc: "the sandbox does not know it" });
      show(asked).then(({ result, err_desc }) => tell({ err_msg: `get_brand_wcpay_request:${result}`, err_desc }));
    },
    on() {},
    call() {},
  };
  // Not before the page's own scripts can listen.
  const ready = () => document.dispatchEvent(new Event("WeixinJSBridgeReady"));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", ready);
  else setTimeout(ready, 0);

  if (window.wx) {
    let known = {};
    const config = wx.config.bind(wx);
    wx.config = (options) => { known = options; config(options); };
    wx.chooseWXPay = ({ timestamp, nonceStr, package: paid, signType, paySign, success, cancel, fail, complete }) => {
      const finish = (result, err_desc) => {
        const answer = { errMsg: `chooseWXPay:${result}`, err_desc };
        ({ ok: success, cancel, fail })[result]?.(answer);
        complete?.(answer);
      };
      const asked = { appId: known.appId, timeStamp: String(timestamp), nonceStr, package: paid, signType, paySign };
      if (!(known.jsApiList || []).includes("chooseWXPay")) return finish("fail", "chooseWXPay is not in jsApiList");
      wx.error(({ errMsg }) => finish("fail", errMsg));
      wx.ready(() => show(asked).then(({ result, err_desc }) => finish(result, err_desc)));
    };
    const check = wx.checkJsApi.bind(wx);
    wx.checkJsApi = ({ jsApiList = [], success } = {}) => check({
      jsApiList,
      success: (answer) => {
        if (jsApiList.includes("chooseWXPay")) answer.checkResult.chooseWXPay = true;
        success?.(answer);
      },
    });
  }

  // The page of a scanned code names it at this script; it hears how that ended.
  if (script.dataset.codeUrl) {
    document.addEventListener("DOMContentLoaded", () =>
      show({ code_url: script.dataset.codeUrl }).then((detail) => document.dispatchEvent(new CustomEvent("paysheet", { detail }))));
  }
})();

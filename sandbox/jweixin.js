// A stand-in for WeChat's JS-SDK 1.6: checks the page's signature and offers <wx-open-subscribe>.
"use strict";
(() => {
  const home = new URL(document.currentScript.src).origin;
  const asks = { ready: [], error: [] };
  let verdict = null; // null: not yet known
  let tags = [];
  let debug = false;

  const ask = (path, body) =>
    fetch(home + path, {
      method: body ? "POST" : "GET",
      credentials: "include",
      body: body && JSON.stringify(body),
    }).then((answer) => answer.json());

  const settle = (answer) => {
    verdict = answer;
    if (debug) console.log("wx.config", answer);
    const list = answer.ok ? asks.ready : asks.error;
    list.splice(0).forEach((f) => f({ errMsg: answer.errMsg }));
  };

  window.wx = {
    config(options) {
      debug = Boolean(options.debug);
      tags = options.openTagList || [];
      const { appId = "", timestamp = "", nonceStr = "", signature = "" } = options;
      const url = location.href.split("#")[0];
      const query = new URLSearchParams({ appId, timestamp, nonceStr, signature, url });
      ask(`/jssdk/verify?${query}`).then(settle, () => settle({ ok: false, errMsg: "config:fail" }));
    },
    ready(f) {
      if (verdict?.ok) f({ errMsg: verdict.errMsg });
      else asks.ready.push(f);
    },
    error(f) {
      if (verdict && !verdict.ok) f({ errMsg: verdict.errMsg });
      else asks.error.push(f);
    },
    checkJsApi({ jsApiList = [], success } = {}) {
      const checkResult = Object.fromEntries(jsApiList.map((name) => [name, false]));
      success?.({ errMsg: "checkJsApi:ok", checkResult });
    },
    closeWindow() { window.close(); },
    hideOptionMenu() {},
    showOptionMenu() {},
  };

  const STYLE = `
    dialog { border: 0; border-radius: 14px 14px 0 0; width: min(100%, 30rem); margin: auto auto 0;
      padding: 1.4rem; font: 17px/1.6 system-ui, sans-serif; color: #1a1a1a; box-sizing: border-box }
    dialog::backdrop { background: rgb(0 0 0 / .5) }
    label { display: flex; justify-content: space-between; padding: .6rem 0; border-top: 1px solid #eee }
    .row { display: flex; gap: 1rem; margin-top: 1rem }
    .row button { flex: 1; font: inherit; padding: .6rem; border: 0; border-radius: 8px; background: #f0f0f0 }
    .row .allow { background: #07883f; color: #fff }`;

  const make = (tag, attributes, ...children) => {
    const element = Object.assign(document.createElement(tag), attributes);
    element.append(...children);
    return element;
  };

  customElements.define("wx-open-subscribe", class extends HTMLElement {
    connectedCallback() {
      if (this.shadowRoot) return;
      this.attachShadow({ mode: "open" });
      // The content is parsed after the element itself when the page is still loading.
      if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", () => this.draw());
      else this.draw();
    }

    draw() {
      const parts = [...this.querySelectorAll('script[type="text/wxtag-template"], template')];
      this.shadowRoot.innerHTML = parts.map((part) => part.innerHTML).join("");
      this.sheet = make("dialog", {});
      this.shadowRoot.append(make("style", { textContent: STYLE }), this.sheet);
      this.shadowRoot.addEventListener("click", (event) => {
        if (!event.composedPath().includes(this.sheet)) wx.ready(() => this.open());
      });
      wx.error(({ errMsg }) => this.fire("error", { errCode: 10001, errMsg }));
      this.fire("ready", {});
    }

    fire(name, detail) { this.dispatchEvent(new CustomEvent(name, { detail, bubbles: true })); }

    async open() {
      if (!tags.includes("wx-open-subscribe")) {
        return this.fire("error", { errCode: 10002, errMsg: "subscribe:fail not in openTagList" });
      }
      const ids = (this.getAttribute("template") || "").split(",").map((id) => id.trim()).filter(Boolean);
      const titles = await ask(`/jssdk/templates?ids=${encodeURIComponent(ids.join(","))}`);
      const known = ids.filter((id) => titles[id]);
      if (!known.length) return this.fire("error", { errCode: 20001, errMsg: "subscribe:fail no such template" });
      const boxes = known.map((id) => make("input", { type: "checkbox", checked: true, value: id }));
      this.sheet.replaceChildren(
        make("p", { textContent: "公众号申请向你发送以下通知" }),
        ...boxes.map((box) => make("label", {}, titles[box.value], box)),
        make("div", { className: "row" },
          make("button", { textContent: "取消", className: "deny", onclick: () => this.done(ids, {}, "cancel") }),
          make("button", { textContent: "允许", className: "allow", onclick: () =>
            this.done(ids, Object.fromEntries(boxes.map((box) => [box.value, box.checked]))) })),
      );
      this.sheet.showModal();
    }

    async done(ids, answers, otherwise = "filter") {
      this.sheet.close();
      if (otherwise === "filter") {
        const { ok } = await ask("/jssdk/consent", { templates: answers });
        if (!ok) return this.fire("error", { errCode: 20002, errMsg: "subscribe:fail not in WeChat" });
      }
      const status = (id) => (id in answers ? (answers[id] ? "accept" : "reject") : otherwise);
      // A text in a text: so WeChat writes it.
      const details = ids.map((id) => [id, JSON.stringify({ status: status(id) })]);
      const subscribeDetails = JSON.stringify(Object.fromEntries(details));
      this.fire("success", { errMsg: "subscribe:ok", subscribeDetails });
    }
  });
})();

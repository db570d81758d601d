// A stand-in for WeChat's JS-SDK: checks the page's signature, offers <wx-open-subscribe>.
"use strict";
(() => {
  const home = new URL(document.currentScript.src).origin;
  let ready, failed;
  const checked = new Promise((good, bad) => { ready = good; failed = bad; });
  checked.catch(() => {});
  const listeners = { ready: [], error: [] };
  window.wx = {
    config(options) {
      const query = new URLSearchParams({ ...options, url: location.href.split("#")[0] });
      fetch(`${home}/jssdk/verify?${query}`).then((a) => a.json()).then(({ ok }) => {
        if (ok) { ready(options); listeners.ready.forEach((f) => f()); }
        else { failed("invalid signature"); listeners.error.forEach((f) => f({ errMsg: "config:invalid signature" })); }
      });
    },
    ready(f) { listeners.ready.push(f); },
    error(f) { listeners.error.push(f); },
  };
  customElements.define("wx-open-subscribe", class extends HTMLElement {
    connectedCallback() {
      const slots = [...this.querySelectorAll('script[type="text/wxtag-template"]')];
      this.attachShadow({ mode: "open" }).innerHTML = slots.map((s) => s.textContent).join("");
      this.shadowRoot.addEventListener("click", () => checked.then(() => this.ask(), () => alert("签名不对")));
    }
    async ask() {
      const templates = this.getAttribute("template").split(",");
      const accept = confirm("是否允许公众号发送一次订阅通知？");
      await fetch(`${home}/jssdk/consent`, { method: "POST", credentials: "include", body: JSON.stringify({ templates, accept }) });
      const status = JSON.stringify({ status: accept ? "accept" : "reject" });
      const subscribeDetails = JSON.stringify(Object.fromEntries(templates.map((t) => [t, status])));
      this.dispatchEvent(new CustomEvent("success", { detail: { errMsg: "subscribe:ok", subscribeDetails } }));
    }
  });
})();

// Opens WeChat's sheet, and asks our server what became of it: what the sheet says is no proof.
// Without this file the page shows everything but the sheet itself.
"use strict";

(() => {
  const main = document.querySelector("main[data-address]");
  if (!main || !window.fetch) return;
  const root = document.documentElement;
  const { address, sheet, number, opening, noBridge, ok, late, unknown } = main.dataset;
  const says = document.getElementById("says"), form = document.querySelector("form");
  const BRIDGE_MS = 8000, LOOK_MS = 2500, OK_LOOKS = 8, SCAN_LOOKS = 400;
  root.classList.add("scripted");

  const pause = (ms) => new Promise((go) => setTimeout(go, ms));
  const show = (text) => { says.className = ""; says.textContent = text; };
  const offer = () => { if (form) form.classList.remove("going"); };

  // What the server knows by now; null where it could not be reached.
  async function ask(after) {
    try {
      const answer = await fetch(`${address}/state?after=${after}&number=${number || ""}`, { cache: "no-store" });
      return await answer.json();
    } catch (error) {
      return null;
    }
  }

  // Ask until the payment is over, or so many times; true when the page has gone on.
  async function watch(after, looks) {
    for (let look = 0; look < looks; look += 1) {
      if (look) await pause(LOOK_MS);
      if (document.hidden && after === "scan") continue;
      const now = await ask(after);
      if (now && now.state !== "pay") {
        location.replace(address);
        return true;
      }
      if (now && now.says) show(now.says);
      else if (!now && after !== "scan") show(unknown);
      if (now && now.after === "moved") {
        root.classList.add("over");
        return true;
      }
    }
    return false;
  }

  async function ended(result) {
    const word = /:(ok|cancel|fail)$/.exec((result && result.err_msg) || "");
    const after = word ? word[1] : "fail";
    if (after === "ok") {
      show(ok);
      if (!(await watch("ok", OK_LOOKS))) show(late);
    } else if (!(await watch(after, 1))) {
      offer();
    }
  }

  function pay() {
    let begun = false;
    const begin = () => {
      if (begun) return;
      begun = true;
      show("");
      window.WeixinJSBridge.invoke("getBrandWCPayRequest", JSON.parse(sheet), ended);
    };
    show(opening);
    if (window.WeixinJSBridge) begin();
    else document.addEventListener("WeixinJSBridgeReady", begin, { once: true });
    setTimeout(() => {
      if (begun) return;
      begun = true;
      show(noBridge);
      offer();
    }, BRIDGE_MS);
  }

  document.addEventListener("submit", (event) => {
    show(opening);
    setTimeout(() => { event.target.querySelector("button").disabled = true; });
  });
  // Coming back by the back button: what is shown may be over.
  addEventListener("pageshow", (event) => { if (event.persisted) location.replace(address); });

  if (sheet) pay();
  else if (number) watch("scan", SCAN_LOOKS);
})();

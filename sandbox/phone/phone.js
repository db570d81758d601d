// The phone: what one welder sees, and the levers of the sandbox round it. No build step.
"use strict";
const $ = (id) => document.getElementById(id);
const api = async (method, path, body) => {
  const answer = await fetch("/control" + path, {
    method,
    headers: body ? { "Content-Type": "application/json" } : {},
    body: body && JSON.stringify(body),
  });
  const row = await answer.json();
  if (!answer.ok) alert(row.error || answer.status);
  return row;
};
const make = (tag, attributes = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), attributes);
  element.append(...children);
  return element;
};
const VIA = { service: "客服消息", template: "模板消息", subscription: "订阅通知", sms: "短信" };
let openid = location.hash.slice(1) || localStorage.getItem("openid") || "";
let seen = 0, wire = 0, lastTime = "";

const say = (message) => openid && api("POST", `/followers/${openid}/messages`, message).then(refresh);

function choose(one) {
  openid = one; seen = 0; lastTime = "";
  localStorage.setItem("openid", one);
  $("chat").replaceChildren();
  refresh(); people();
}

async function people() {
  const { followers } = await api("GET", "/followers");
  if (!followers.some((f) => f.openid === openid)) openid = followers[0]?.openid || "";
  $("followers").replaceChildren(...followers.map((f, n) => {
    const button = make("button", { textContent: `焊工 ${n + 1}`, title: f.openid, className: f.following ? "" : "gone" });
    button.setAttribute("aria-pressed", f.openid === openid);
    button.onclick = () => choose(f.openid);
    return make("li", {}, button);
  }));
}

const local = (at) => new Date(at).toLocaleString("zh-CN", { timeZone: "Asia/Shanghai", dateStyle: "medium", timeStyle: "short" });

// A text keeps the order in which links and choices stand in it.
function words(bubble) {
  const template = make("template", { innerHTML: "" });
  if (!bubble.markup) return [bubble.text];
  template.innerHTML = bubble.markup.replace(/<(?!\/?a[\s>])/g, "&lt;");
  let n = 0;
  return [...template.content.childNodes].map((node) => {
    if (node.nodeName !== "A") return node.textContent;
    const href = node.getAttribute("href") || "";
    if (href.startsWith("weixin://bizmsgmenu")) {
      const k = bubble.choices[n++].n;
      return make("button", { className: "choice", textContent: node.textContent, onclick: () => say({ type: "choose", n: k, of: bubble.n }) });
    }
    const url = `/open?openid=${encodeURIComponent(openid)}&url=${encodeURIComponent(href)}`;
    return make("a", { href: url, target: "_blank", textContent: node.textContent });
  });
}

function draw(bubble) {
  const time = local(bubble.at);
  if (time !== lastTime) $("chat").append(make("p", { className: "time", textContent: time }));
  lastTime = time;
  if (bubble.type === "event") return $("chat").append(make("p", { className: "event", textContent: bubble.text }));
  if (bubble.type === "card") {
    const rows = bubble.card.rows.flatMap((r) => [make("dt", { textContent: r.name }), make("dd", { textContent: r.value })]);
    return $("chat").append(make("article", { className: "card" }, make("h2", { textContent: bubble.card.title }), make("dl", {}, ...rows),
      make("small", { className: "via", textContent: VIA[bubble.via] || "" })));
  }
  if (bubble.via === "sms") {
    return $("chat").append(make("article", { className: "sms" }, make("strong", { textContent: "短信" }), make("p", { textContent: bubble.text })));
  }
  const box = make("div", { className: `bubble ${bubble.from}` });
  if (bubble.type === "image") box.append(make("img", { src: `/control/media/${bubble.media.id}`, alt: "照片" }));
  else if (bubble.type === "text" || bubble.type === "msgmenu") {
    box.append(...words(bubble));
    if (bubble.type === "msgmenu") bubble.choices.forEach((c) => box.append("\n", make("button", { className: "choice", textContent: c.text, onclick: () => say({ type: "choose", n: c.n, of: bubble.n }) })));
  } else box.append(`[${bubble.type}] ${bubble.text}`);
  if (VIA[bubble.via]) box.append(make("span", { className: "via", textContent: VIA[bubble.via] }));
  $("chat").append(box);
}

let refreshing = false;
async function refresh() {
  if (!openid || refreshing) return;
  refreshing = true;
  try {
    const { bubbles = [] } = await api("GET", `/followers/${openid}/timeline?after=${seen}`);
    if (seen === 0 && bubbles.length) $("chat").replaceChildren();
    for (const bubble of bubbles) { draw(bubble); seen = bubble.n; }
    if (bubbles.length) $("chat").scrollTop = $("chat").scrollHeight;
  } finally { refreshing = false; }
}

async function menu() {
  const { button = [] } = await api("GET", "/menu");
  $("menu").replaceChildren(...button.map((b) => {
    const box = make("div");
    const tap = (one) => one.type === "click" ? say({ type: "click", key: one.key, name: one.name }) : say({ type: "view", url: one.url });
    const children = b.sub_button || [];
    box.append(make("button", { textContent: b.name, onclick: () => children.length ? box.classList.toggle("open") : tap(b) }));
    if (children.length) box.append(make("div", { className: "sub" }, ...children.map((c) => make("button", { textContent: c.name, onclick: () => { box.classList.remove("open"); tap(c); } }))));
    return box;
  }));
}

async function tick() {
  const { now } = await api("GET", "/clock");
  $("now").textContent = local(now);
}

async function showWire() {
  if (!$("show-wire").checked) return;
  const { entries } = await api("GET", `/wire?after=${wire}`);
  for (const e of entries) {
    wire = e.n;
    const head = e.kind === "push" ? `→ 推送 ${e.answer.ms ?? ""} ms` : e.kind === "notice" ? `→ 支付通知 ${e.request.event}` : `← ${e.request.url.split("?")[0]}`;
    const body = e.kind === "push" ? `${e.request.xml}\n\n${e.request.body}\n\n⇠ ${e.answer.xml || e.answer.body || e.answer.error}` : e.kind === "notice" ? `${e.request.resource}\n\n${e.request.body}\n\n⇠ ${e.answer.status ?? e.answer.error}` : `${e.request.body}\n\n⇠ ${e.answer.body}`;
    $("entries").prepend(make("li", {}, make("details", {}, make("summary", { textContent: head }), make("pre", { textContent: body }))));
  }
}

$("say").onsubmit = (event) => { event.preventDefault(); const text = $("text").value; if (text) say({ type: "text", text }); $("text").value = ""; setTimeout(refresh, 50); };
$("photo").onchange = () => {
  const reader = new FileReader();
  reader.onload = () => say({ type: "image", data: reader.result.split(",")[1] });
  reader.readAsDataURL($("photo").files[0]);
};
$("follow").onclick = async () => { const { openid: one } = await api("POST", "/followers", {}); choose(one); };
$("unfollow").onclick = async () => { if (openid) await api("DELETE", `/followers/${openid}`); people(); };
$("scan").onclick = () => {
  const code = openid && prompt("二维码里的地址（weixin://wxpay/…）");
  if (code) window.open(`/open?openid=${encodeURIComponent(openid)}&url=${encodeURIComponent("/pay-sheet?code_url=" + encodeURIComponent(code))}`);
};
document.querySelectorAll("[data-clock]").forEach((button) => {
  button.onclick = async () => {
    $("busy").hidden = false;
    await api("POST", "/clock", JSON.parse(button.dataset.clock));
    $("busy").hidden = true;
    tick(); refresh();
  };
});
people().then(refresh); menu(); tick();
setInterval(() => { refresh(); showWire(); }, 700);
setInterval(() => { tick(); menu(); people(); }, 5000);

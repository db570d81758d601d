// Sends a photo in pieces and goes on where a dropped connection, or a reload, has cut it.
// Without this file, or in a browser too old for it, the forms of the page send photos whole.
"use strict";

(() => {
  const main = document.querySelector("main[data-address]");
  if (!main || !window.fetch || !window.crypto || !crypto.subtle || !Blob.prototype.arrayBuffer) return;
  document.documentElement.classList.add("scripted");

  const { address, pick, again } = main.dataset;
  const words = JSON.parse(main.dataset.words);
  const chunk = Number(main.dataset.chunk), largest = Number(main.dataset.largest);
  const PATIENCE_MS = 60000, LONGEST_PAUSE_MS = 20000, LOOK_MS = 3000;

  class Refused extends Error {}

  // One request. Refused: the server's last word. Any other error: it may go another time.
  async function ask(method, path, body) {
    const patience = new AbortController();
    const timer = setTimeout(() => patience.abort(), PATIENCE_MS);
    try {
      const answer = await fetch(`${address}/${path}`, { method, body, signal: patience.signal, cache: "no-store" });
      if (answer.status >= 500) throw new Error(answer.status);
      const row = await answer.json().catch(() => ({}));
      if (answer.ok || answer.status === 409) return row;
      throw new Refused(row.says || words.stopped);
    } finally {
      clearTimeout(timer);
    }
  }

  // Ask until there is an answer: after 1, 2, 4 … seconds, or as soon as there is a network.
  async function insist(method, path, body, onPause) {
    for (let pause = 1000; ; pause = Math.min(2 * pause, LONGEST_PAUSE_MS)) {
      try {
        return await ask(method, path, body);
      } catch (error) {
        if (error instanceof Refused) throw error;
        onPause();
        await new Promise((go) => {
          const timer = setTimeout(done, pause * (0.75 + Math.random() / 2));
          addEventListener("online", done);
          function done() {
            clearTimeout(timer);
            removeEventListener("online", done);
            go();
          }
        });
      }
    }
  }

  function check(file) {
    if (!file.size) throw new Refused(words.empty);
    if (file.size > largest) throw new Refused(words.bytes);
    if (file.type && !/^image\/(jpeg|png|webp)$/.test(file.type)) throw new Refused(words.kind);
  }

  async function send(file, document, tell) {
    check(file);
    tell(words.preparing, 0);
    const content = await file.arrayBuffer();
    const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", content));
    const digest = Array.from(hash, (byte) => byte.toString(16).padStart(2, "0")).join("");
    const which = `size=${file.size}&digest=${digest}`;
    const percent = (offset) => Math.floor((100 * offset) / file.size);
    let { offset } = await insist("GET", `${document}?${which}`, undefined, () => tell(words.waiting, null));
    while (offset < file.size) {
      tell(words.sending.replace("{percent}", percent(offset)), percent(offset));
      const piece = content.slice(offset, offset + chunk);
      const row = await insist("PUT", `${document}?offset=${offset}&${which}`, piece, () => tell(words.waiting, null));
      offset = row.offset;
    }
  }

  class Paper {
    constructor(section) {
      this.section = section;
      this.find = (selector) => section.querySelector(selector);
      this.busy = false;
      this.find("input").addEventListener("change", (event) => this.take(event.target));
    }

    async take(input) {
      const file = input.files[0];
      if (!file || this.busy) return;
      this.work(true);
      this.blame([]);
      this.show(file);
      try {
        await send(file, this.section.id, (text, percent) => this.tell(text, percent));
        this.tell(words.done, 100);
        this.section.dataset.state = "waiting";
        this.work(false);
        await look();
      } catch (error) {
        this.work(false);
        this.tell("", null);
        this.blame([error instanceof Refused ? error.message : words.stopped]);
      }
      input.value = ""; // the same file may be picked again
    }

    work(on) {
      this.busy = on;
      this.section.classList.toggle("busy", on);
      this.find("input").disabled = on;
    }

    show(file) {
      const picked = this.find(".picked");
      URL.revokeObjectURL(picked.src);
      picked.src = URL.createObjectURL(file);
      picked.hidden = false;
    }

    tell(text, percent) {
      this.find(".going").hidden = !text;
      this.find(".going p").textContent = text;
      if (percent !== null) this.find("progress").value = percent;
    }

    blame(lines) {
      this.find(".problems").replaceChildren(...lines.map((line) => {
        const said = document.createElement("p");
        said.textContent = line;
        return said;
      }));
    }

    become(row) {
      if (this.busy) return;
      const before = this.section.dataset.state;
      this.section.dataset.state = row.state;
      this.find(".state").textContent = row.says;
      this.find(".pick span").textContent = row.state === "missing" ? pick : again;
      if (row.state !== before) {
        this.blame(row.why);
        if (row.state !== "waiting") this.tell("", null);
      }
    }

    get waits() {
      return this.section.dataset.state === "waiting";
    }
  }

  const papers = new Map([...main.querySelectorAll(".paper")].map((section) => [section.id, new Paper(section)]));

  async function look() {
    const row = await ask("GET", "papers").catch(() => null);
    if (!row || !row.papers) return;
    row.papers.forEach((paper) => papers.get(paper.document)?.become(paper));
    document.getElementById("count").textContent = row.count;
  }

  for (const paper of papers.values()) paper.find(".pick span").textContent = paper.section.dataset.state === "missing" ? pick : again;
  setInterval(() => {
    if (!document.hidden && [...papers.values()].some((paper) => paper.waits)) look();
  }, LOOK_MS);
})();

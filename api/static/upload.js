// Sends a file in parts, with progress. What was sent is sent once: after a cut, a reload or a
// closed tab the same file goes on where it stopped. Without this the form sends it whole.

const TRIES = 6;
const FIRST_PAUSE_S = 1;
const LONGEST_PAUSE_S = 30;
const PARTS_AT_ONCE = 3;
const TOO_SMALL = 1024;

/** An answer that trying again does not better. */
class Refused extends Error {}

/** Make `form[data-upload]` send its file in parts. */
export function startUploads() {
  for (const form of document.querySelectorAll("form[data-upload]")) new UploadForm(form);
}

class UploadForm {
  constructor(form) {
    this.form = form;
    this.input = form.querySelector("input[type=file]");
    this.drop = form.querySelector("[data-drop]");
    this.sending = form.querySelector("[data-sending]");
    this.progress = form.querySelector("[data-progress]");
    this.status = form.querySelector("[data-status]");
    this.fault = form.querySelector("[data-fault]");
    this.input.addEventListener("change", () => this.take(this.input.files[0]));
    this.form.addEventListener("submit", (event) => event.preventDefault());
    form.querySelector("[data-cancel]").addEventListener("click", () => this.cancel());
    this.listenForDrops();
    // Chosen before this script had loaded, or kept by the browser over a reload.
    if (this.input.files[0]) this.take(this.input.files[0]);
  }

  listenForDrops() {
    const over = (on) => this.drop.classList.toggle("is-over", on);
    for (const name of ["dragenter", "dragover"]) {
      this.drop.addEventListener(name, (event) => {
        event.preventDefault();
        over(true);
      });
    }
    this.drop.addEventListener("dragleave", () => over(false));
    this.drop.addEventListener("drop", (event) => {
      event.preventDefault();
      over(false);
      this.take(event.dataTransfer.files[0]);
    });
    // A file that misses the box must not replace the page.
    for (const name of ["dragover", "drop"]) {
      window.addEventListener(name, (event) => event.preventDefault());
    }
  }

  async take(file) {
    if (!file) return;
    this.stopper = new AbortController();
    this.file = file;
    this.show(true);
    try {
      await this.send(file);
    } catch (error) {
      if (this.stopper.signal.aborted) this.complain(this.text("stopped"));
      else this.complain(this.text("failed", { why: error.message }));
    }
  }

  async send(file) {
    const plan = await this.plan(file);
    if (plan.state === "open") await this.sendParts(file, plan);
    this.status.textContent = this.text("checking");
    this.progress.removeAttribute("value");
    const done = await this.insist(() => this.call(`/api/v1/uploads/${plan.id}/complete`, "POST"));
    forget(file);
    location.assign(this.form.dataset.next + encodeURIComponent(done.id));
  }

  /** Go on with the upload that this file began earlier, or begin one. */
  async plan(file) {
    const known = remembered(file);
    if (known) {
      try {
        const plan = await this.insist(() => this.call(`/api/v1/uploads/${known}`, "GET"));
        this.status.textContent = this.text("resumed");
        return plan;
      } catch (error) {
        if (!(error instanceof Refused)) throw error;
        forget(file);
      }
    }
    const body = { name: file.name, size: file.size };
    const plan = await this.insist(() => this.call("/api/v1/uploads", "POST", body));
    remember(file, plan.id);
    return plan;
  }

  async sendParts(file, plan) {
    this.sent = new Map(plan.parts.map((part) => [part.number, part.received ? part.size : 0]));
    this.tell();
    const waiting = plan.parts.filter((part) => !part.received);
    const line = async () => {
      for (let part = waiting.shift(); part; part = waiting.shift()) {
        await this.insist((again) => this.sendPart(file, plan.id, part, again));
      }
    };
    await Promise.all(Array.from({ length: PARTS_AT_ONCE }, line));
  }

  async sendPart(file, id, part, again) {
    let at = part;
    if (again) {
      // Its address may have run out, or the part may have come in though the answer was lost.
      const plan = await this.call(`/api/v1/uploads/${id}`, "GET");
      at = (plan.parts ?? []).find((one) => one.number === part.number);
      if (!at || at.received) return this.mark(part, part.size);
    }
    const piece = file.slice(at.offset, at.offset + at.size);
    let body = piece;
    if (Object.keys(at.fields ?? {}).length) {
      body = new FormData();
      for (const [name, value] of Object.entries(at.fields)) body.append(name, value);
      body.append("file", piece);
    }
    await put(at, body, this.stopper.signal, (loaded) => this.mark(part, Math.min(loaded, part.size)));
    this.mark(part, part.size);
  }

  mark(part, size) {
    this.sent.set(part.number, size);
    this.tell();
  }

  tell() {
    let done = 0;
    for (const size of this.sent.values()) done += size;
    this.progress.value = (done / this.file.size) * 100;
    this.status.textContent = this.text("sending", { done: words(done), size: words(this.file.size) });
  }

  /** Try, wait longer each time, try again; what is refused is not tried twice. */
  async insist(doing) {
    for (let tries = 1; ; tries += 1) {
      try {
        return await doing(tries > 1);
      } catch (error) {
        if (this.stopper.signal.aborted || error instanceof Refused || tries === TRIES) throw error;
        const pause = Math.min(FIRST_PAUSE_S * 2 ** (tries - 1), LONGEST_PAUSE_S);
        this.status.textContent = this.text("waiting", { n: pause });
        await sleep(pause * 1000, this.stopper.signal);
      }
    }
  }

  async call(address, method, body) {
    let answer;
    try {
      answer = await fetch(address, {
        method,
        signal: this.stopper.signal,
        headers: { "content-type": "application/json", "x-csrf-token": this.form.dataset.csrf },
        body: body && JSON.stringify(body),
      });
    } catch (error) {
      if (this.stopper.signal.aborted) throw error;
      throw new Error(this.text("offline"));
    }
    const told = await answer.json().catch(() => ({}));
    if (answer.ok) return told;
    const sentence = told.detail || `HTTP ${answer.status}`;
    const passing = answer.status >= 500 || answer.status === 409 || answer.status === 429;
    throw passing ? new Error(sentence) : new Refused(sentence);
  }

  cancel() {
    this.stopper.abort();
    forget(this.file);
  }

  show(sending) {
    this.drop.hidden = sending;
    this.sending.hidden = !sending;
    this.fault.hidden = true;
    this.status.textContent = "";
    this.progress.value = 0;
    this.form.querySelector("[data-name]").textContent = this.file.name;
  }

  complain(sentence) {
    this.show(false);
    this.input.value = "";
    this.fault.textContent = sentence;
    this.fault.hidden = false;
  }

  text(name, values = {}) {
    const words = this.form.dataset[`text${name[0].toUpperCase()}${name.slice(1)}`];
    return words.replace(/\{(\w+)\}/g, (whole, key) => String(values[key] ?? whole));
  }
}

/** Send one part; XMLHttpRequest, because fetch tells no progress of what goes out. */
function put(part, body, signal, progress) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const stop = () => request.abort();
    request.open(part.method, part.url);
    request.upload.addEventListener("progress", (event) => progress(event.loaded));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve();
      else reject(new Error(`HTTP ${request.status}`));
    });
    for (const name of ["error", "timeout", "abort"]) {
      request.addEventListener(name, () => reject(new Error(name)));
    }
    request.addEventListener("loadend", () => signal.removeEventListener("abort", stop));
    signal.addEventListener("abort", stop);
    request.send(body);
  });
}

function sleep(milliseconds, signal) {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, milliseconds);
    const stop = () => {
      clearTimeout(timer);
      reject(new Error("abort"));
    };
    signal.addEventListener("abort", stop, { once: true });
  });
}

/** Which file it is, without reading it: a hash of 2 GB would take longer than sending a part. */
function keyOf(file) {
  return `upload:${file.name}:${file.size}:${file.lastModified}`;
}

function remembered(file) {
  return attempt(() => localStorage.getItem(keyOf(file)));
}

function remember(file, id) {
  attempt(() => localStorage.setItem(keyOf(file), id));
}

function forget(file) {
  attempt(() => localStorage.removeItem(keyOf(file)));
}

/** A browser may forbid storage; then uploads work and are not resumed. */
function attempt(doing) {
  try {
    return doing();
  } catch {
    return null;
  }
}

function words(bytes) {
  if (bytes < TOO_SMALL) return `${bytes} B`;
  const kilobytes = bytes / 1024;
  return kilobytes < 1024 ? `${kilobytes.toFixed(0)} KB` : `${(kilobytes / 1024).toFixed(1)} MB`;
}

startUploads();

// Python beside the page: one worker, which starts when it is first asked and answers one question
// after the other. It is the only thing of the page that can hang; it is replaced by a fresh one then,
// and whoever else waited is asked again there.
//
//   python.call(module, name, args, { limit, signal, packages }) → Promise
//       What a function of a module of Python returns. The arguments, an array, and the value are
//       plain data, as JSON has them; nothing is kept in Python between two calls, so pass along what
//       a call has to know. An exception is an Error whose message is Python's last line.
//         limit      so many ms the function may take, counted from when it begins: not the start of
//                    Python, not what is fetched, not the loading of the module, not those before it;
//         signal     of an AbortController: abort() when the reader wants to wait no longer;
//         packages   what else the function imports, `["scikit-learn"]` say: fetched before it begins.
//                    What the module itself imports is found without being named.
//   python.ask(message, { signal }) → Promise
//       The answer of an explorer, see `course_utils.explorers.headless`.
//   python.start()     to start it unasked, at a reader's first touch
//   python.ready       whether it is up
//   python.words       what a page says of it: a line while it starts, or why it did not; else empty
//   python.listeners   functions to call when `words` or `ready` has changed
//
// Other scripts of a page find it as `coursePython`. Who gave up waiting gets a `Left`, whose `reason` is "limit" or "reader".
// Where this script lies, and Python beside it: slides lie in a folder below.
const HOME = new URL(".", document.currentScript.src).href;
const STAGES = ["fetching and unpacking it", "importing NumPy and the course"];

// Why there is no Python here, and what to do; empty where there can be.
function withoutPython(what) {
  if (MEGABYTES === null) return `${what} need the kernel: open the lesson in JupyterLab.`;
  if (location.protocol === "file:") {
    const here = new URL(".", location.href).href === HOME, folder = here ? "of these pages" : "above this one";
    return `${what} need Python, which browsers run only in pages that come from a server: run ` +
      `“python3 -m http.server” in the folder ${folder} and open http://localhost:8000.`;
  }
  if (!window.Worker || !window.WebAssembly) {
    return `${what} need WebAssembly, which this browser lacks or has been told to switch off: ` +
      "use another one, or open the lesson in JupyterLab.";
  }
  return "";
}

// `offline.js` keeps what the page fetches. A new one is waited for, though not long: what an old one
// keeps may belong to an older site.
const SOON_READY = 2000;
async function keeping() {
  if (MEGABYTES === null || !navigator.serviceWorker || !isSecureContext) return;
  const { serviceWorker } = navigator;
  const taken = new Promise((done) => { serviceWorker.oncontrollerchange = done; });
  const found = await serviceWorker.register(`${HOME}offline.js`, { updateViaCache: "none" });
  if (found.installing || found.waiting || !serviceWorker.controller) await taken;
}
const keeper = Promise.race([
  keeping().catch(() => {}),
  new Promise((done) => { setTimeout(done, SOON_READY); }),
]);

class Left extends Error {
  constructor(reason) {
    super(reason === "limit" ? "It took too long and was stopped." : "It was stopped.");
    this.reason = reason;
  }
}

class Python {
  constructor() {
    this.listeners = [];
    // What is asked and not yet answered, in its order, by number: the first is what Python does now.
    this.waiting = new Map();
    this.asked = 0;
    this.forget();
  }

  forget() { Object.assign(this, { worker: null, started: false, stage: -1, failed: "" }); }

  get ready() { return this.stage >= STAGES.length; }

  get words() {
    if (this.failed) return this.failed;
    if (!this.started || this.ready) return "";
    return `Python starts in this page (${MEGABYTES} MB the first time): ${STAGES[Math.max(this.stage, 0)]}, ` +
      `${Math.max(this.stage, 0) + 1} of ${STAGES.length} …`;
  }

  tell() { for (const listener of this.listeners) listener(); }

  async start() {
    if (this.started) return;
    this.forget();
    [this.started, this.stage] = [true, 0];
    this.tell();
    await keeper;
    if (!this.started || this.worker) return;
    const name = navigator.serviceWorker?.controller ? "kept" : "";
    this.worker = new Worker(`${HOME}python/worker.mjs`, { type: "module", name });
    this.worker.onmessage = ({ data }) => this.heard(data);
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.end();
      this.failed = "Python did not start here: reload the page, or open the lesson in JupyterLab.";
      const left = [...this.waiting.values()];
      this.waiting.clear();
      for (const { fail } of left) fail(new Error(this.failed));
      this.tell();
    };
    for (const { sent } of this.waiting.values()) this.worker.postMessage(sent);
  }

  heard(data) {
    if ("stage" in data) { this.stage = data.stage; this.tell(); return; }
    const { id, begun, answer, error } = data, one = this.waiting.get(id);
    if (!one) return;
    if (begun) { one.timer = setTimeout(() => this.leave(id, "limit"), one.limit); return; }
    clearTimeout(one.timer);
    this.waiting.delete(id);
    if (error) one.fail(new Error(error)); else one.done(answer);
  }

  ask(message, { limit = 0, signal = null } = {}) {
    return new Promise((done, fail) => {
      if (signal?.aborted) { fail(new Left("reader")); return; }
      const id = ++this.asked;
      this.start();
      const sent = { id, timed: limit > 0, ...message };
      this.waiting.set(id, { sent, done, fail, limit, timer: 0 });
      signal?.addEventListener("abort", () => this.leave(id, "reader"), { once: true });
      this.worker?.postMessage(sent);
    });
  }

  async call(module, name, args, { packages = [], ...how } = {}) {
    const answer = await this.ask({ call: { module, name, args: JSON.stringify(args), packages } }, how);
    return JSON.parse(answer);
  }

  // Nobody waits for this answer any longer. If Python is at it, only a fresh worker stops that.
  leave(id, reason) {
    const one = this.waiting.get(id);
    if (!one) return;
    const [now] = this.waiting.keys();
    clearTimeout(one.timer);
    this.waiting.delete(id);
    if (id === now && this.ready) {
      this.end();
      if (this.waiting.size) this.start();
    }
    one.fail(new Left(reason));
    this.tell();
  }

  end() {
    this.worker?.terminate();
    for (const { timer } of this.waiting.values()) clearTimeout(timer);
    this.forget();
  }
}

const python = new Python();
// Scripts beside this one find it there.
window.coursePython = python;

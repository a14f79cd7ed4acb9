// Python beside the page: a worker that starts when it is first asked, and is replaced by a fresh one
// when a reader does not want to wait for an answer any longer.
const STAGES = ["fetching and unpacking it", "importing NumPy, SymPy and the course"];

// Why there is no Python here, and what to do; empty where there can be.
function withoutPython(labels) {
  const what = `Free values of ${labels.join(", ")}`;
  if (MEGABYTES === null) return `${what} need the kernel: open the lesson in JupyterLab.`;
  if (location.protocol === "file:") {
    return `${what} need Python, which browsers run only in pages that come from a server: run ` +
      "“python3 -m http.server” in the folder of these pages and open http://localhost:8000.";
  }
  if (!window.Worker || !window.WebAssembly) {
    return `${what} need WebAssembly, which this browser lacks or has been told to switch off: ` +
      "take another one, or open the lesson in JupyterLab.";
  }
  return "";
}

class Python {
  constructor() {
    this.listeners = [];
    this.waiting = new Map();
    this.asked = 0;
    this.forget();
  }

  forget() { Object.assign(this, { worker: null, stage: -1, failed: "" }); }

  get ready() { return this.stage >= STAGES.length; }

  // What the page says of it: nothing before it starts and when it is ready.
  get words() {
    if (this.failed) return this.failed;
    if (!this.worker || this.ready) return "";
    return `Python starts in this page (${MEGABYTES} MB the first time): ${STAGES[Math.max(this.stage, 0)]}, ` +
      `${Math.max(this.stage, 0) + 1} of ${STAGES.length} …`;
  }

  tell() { for (const listener of this.listeners) listener(); }

  start() {
    if (this.worker) return;
    this.forget();
    this.worker = new Worker("python/worker.mjs", { type: "module" });
    this.stage = 0;
    this.worker.onmessage = ({ data }) => {
      if ("stage" in data) { this.stage = data.stage; this.tell(); return; }
      const { id, answer, error } = data, [done, fail] = this.waiting.get(id) || [];
      this.waiting.delete(id);
      if (error) fail?.(new Error(error)); else done?.(answer);
    };
    this.worker.onerror = (event) => {
      event.preventDefault();
      this.stop();
      this.failed = "Python did not start here: reload the page, or open the lesson in JupyterLab.";
      this.tell();
    };
    this.tell();
  }

  // The answer to a message, which names the explorer and holds what was last known of it.
  ask(message) {
    this.start();
    return new Promise((done, fail) => {
      this.waiting.set(++this.asked, [done, fail]);
      this.worker.postMessage({ id: this.asked, ...message });
    });
  }

  // No answer is waited for any longer; the next question starts a fresh worker.
  stop() {
    this.worker?.terminate();
    const left = [...this.waiting.values()];
    this.waiting.clear();
    this.forget();
    for (const [, fail] of left) fail(null);
    this.tell();
  }
}

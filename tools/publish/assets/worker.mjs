// Python in a worker: it holds the explorers of the page and answers what readers do with them, and
// calls functions for the page. `python.js` is its other end.
import { loadPyodide } from "./pyodide.mjs";

const CALLER = `
import importlib, json

def found(module, name):
    return getattr(importlib.import_module(module), name)

def called(function, args):
    return json.dumps(function(*json.loads(args)))

found, called`;

const explorers = new Map(), sought = new Set();
let python = null, unpacked = null, found = null, called = null, queue = null;

// The core lies compressed on the host. Where `offline.js` runs, it hands it out unpacked, and the
// browser keeps what it compiled of it; elsewhere it is unpacked here.
const plain = globalThis.fetch;
globalThis.fetch = async (what, how) => {
  if (self.name === "kept" || !String(what.url || what).endsWith(".wasm")) return plain(what, how);
  const { ok, status, body } = await plain(`${what}.packed`);
  const headers = { "Content-Type": "application/wasm" };
  return ok ? new Response(body.pipeThrough(new DecompressionStream("gzip")), { headers })
    : new Response(null, { status });
};

async function start() {
  // The packages are fetched while Python itself is.
  const indexURL = new URL("./", import.meta.url).href;
  python = await loadPyodide({ indexURL, packages: ["course-utils"], stdout: () => {} });
  postMessage({ stage: 1 });
  unpacked = python.runPython("from course_utils.explorers.headless import unpacked; unpacked");
  [found, called] = python.runPython(CALLER, { globals: python.toPy({}) });
  postMessage({ stage: 2 });
}

const silent = { messageCallback: () => {} };

// Which package brings a module: the one that names it, or what it is in.
function bringing(module) {
  for (let name = module; name; name = name.slice(0, Math.max(name.lastIndexOf("."), 0))) {
    const one = Object.values(python.lockfile.packages).find(({ imports }) => imports.includes(name));
    if (one) return one.name;
  }
  return null;
}

// Do something that may need a package that others do not: it is fetched when Python misses it, each
// once, and the thing done again.
async function fetching(act) {
  for (;;) {
    try {
      return act();
    } catch (error) {
      const missing = /No module named '([\w.]+)'/.exec(error.message)?.[1];
      const name = missing && bringing(missing);
      if (!name || sought.has(name)) throw error;
      sought.add(name);
      await python.loadPackage(name, silent);
    }
  }
}

async function explorer(number, kept, fresh) {
  if (fresh || !explorers.has(number)) explorers.set(number, await fetching(() => unpacked(kept)));
  return explorers.get(number);
}

async function answered({ id, timed, number, kept, fresh, asked, call }) {
  if (!call) return (await explorer(number, kept, fresh)).answer(asked);
  const { module, name, args, packages } = call;
  if (packages.length) await python.loadPackage(packages, silent);
  const act = await fetching(() => found(module, name));
  try {
    if (timed) postMessage({ id, begun: true });
    return await fetching(() => called(act, args));
  } finally {
    act.destroy();
  }
}

async function answer(message) {
  try {
    postMessage({ id: message.id, answer: await answered(message) });
  } catch (error) {
    postMessage({ id: message.id, error: String(error.message).trim().split("\n").at(-1) });
  }
}

// One after the other; a start that fails is an error of the worker, which its page is told.
queue = start().catch((error) => { setTimeout(() => { throw error; }); return new Promise(() => {}); });
onmessage = ({ data }) => { queue = queue.then(() => answer(data)); };

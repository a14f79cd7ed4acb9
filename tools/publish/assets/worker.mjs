// Python in a worker: it holds the explorers of the page and answers what readers do with them.
import { loadPyodide } from "./pyodide.mjs";

const explorers = new Map(), sought = new Set();
let python = null, unpacked = null, queue = null;

async function start() {
  // The packages are fetched while Python itself is.
  const indexURL = new URL("./", import.meta.url).href;
  python = await loadPyodide({ indexURL, packages: ["course-utils"], stdout: () => {} });
  postMessage({ stage: 1 });
  unpacked = python.runPython("from course_utils.explorers.headless import unpacked; unpacked");
  postMessage({ stage: 2 });
}

// The explorer of a number. What it draws may need a package that others do not: it is fetched when
// Python misses it, each once.
async function explorer(number, kept) {
  while (!explorers.has(number)) {
    try {
      explorers.set(number, unpacked(kept));
    } catch (error) {
      const missing = /No module named '(\w+)/.exec(error.message)?.[1];
      if (!missing || sought.has(missing)) throw error;
      sought.add(missing);
      await python.loadPackagesFromImports(`import ${missing}`, { messageCallback: () => {} });
    }
  }
  return explorers.get(number);
}

async function answer({ id, number, kept, asked }) {
  try {
    postMessage({ id, answer: (await explorer(number, kept)).answer(asked) });
  } catch (error) {
    postMessage({ id, error: String(error.message).trim().split("\n").at(-1) });
  }
}

// One after the other; a start that fails is an error of the worker, which its page is told.
queue = start().catch((error) => { setTimeout(() => { throw error; }); return new Promise(() => {}); });
onmessage = ({ data }) => { queue = queue.then(() => answer(data)); };

// Run by Node at build time: start the pages' own Python, import what pages may import, and write the
// bytecode of all that was imported, by the file of its source, as JSON of base64.
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";

const [folder, out, packages] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
// The same seed each time, for the same bytes: the order of a set of words is part of them.
const python = await loadPyodide({
  indexURL: folder, packages: packages.split(","), env: { PYTHONHASHSEED: "0" }, stdout: () => {},
});
const made = python.runPython(`
import base64, importlib, importlib.util, json, pkgutil, sys
from importlib._bootstrap_external import _code_to_hash_pyc

import course_utils

for module in pkgutil.walk_packages(course_utils.__path__, "course_utils.", lambda name: None):
    try:
        importlib.import_module(module.name)
    except ImportError:
        pass  # what draws with Matplotlib or widgets

made = {}
for module in list(sys.modules.values()):
    spec = getattr(module, "__spec__", None)
    origin = getattr(spec, "origin", None) or ""
    if origin.endswith(".py") and hasattr(spec.loader, "get_source"):
        source = spec.loader.get_source(spec.name).encode()
        code = compile(source, origin, "exec", dont_inherit=True)
        # Unchecked: what is published does not change, so nobody need look for it.
        pyc = _code_to_hash_pyc(code, importlib.util.source_hash(source), False)
        made[origin] = base64.b64encode(pyc).decode()
json.dumps(made)
`);
writeFileSync(out, made);
process.exit(0);

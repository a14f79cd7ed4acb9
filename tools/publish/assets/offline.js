// Keeps what a reader has opened, so that it opens without a network as well: of Python what is kept
// is as good as what the host has, since this script changes when one of its files does; of all else
// the host is asked first. Browsers run it on https and on this machine.
const OURS = `down-the-ravine ${registration.scope}`;
const PYTHON = `${OURS} python VERSION`, PAGES = `${OURS} pages`;

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil((async () => {
  for (const name of await caches.keys()) {
    if (name.startsWith(`${OURS} python `) && name !== PYTHON) await caches.delete(name);
  }
  await clients.claim();
})()));

async function asked(request, name) {
  const response = await fetch(request);
  if (response.status === 200 && response.type === "basic") {
    const cache = await caches.open(name);
    // A full disk keeps nobody from reading.
    await cache.put(request, response.clone()).catch(() => {});
  }
  return response;
}

// The core is kept unpacked: of such a file the browser keeps what it has compiled as well.
async function core(request) {
  const headers = { "Content-Type": "application/wasm" };
  const unpacked = async () => {
    const { ok, status, body } = await fetch(`${request.url}.packed`);
    return ok ? new Response(body.pipeThrough(new DecompressionStream("gzip")), { headers })
      : new Response(null, { status });
  };
  const response = await unpacked();
  if (!response.ok) return response;
  const cache = await caches.open(PYTHON);
  try { await cache.put(request, response); } catch { return unpacked(); }  // the disk is full
  return cache.match(request);
}

async function kept(request, name, how) {
  return (await caches.open(name)).match(request, how);
}

addEventListener("fetch", (event) => {
  const { request } = event, { href } = new URL(request.url);
  if (request.method !== "GET" || !href.startsWith(registration.scope)) return;
  const python = href.startsWith(`${registration.scope}python/`);
  event.respondWith(python
    ? kept(request, PYTHON).then((found) => found
      || (href.endsWith(".wasm") ? core(request) : asked(request, PYTHON)))
    : asked(request, PAGES).catch(async (error) => {
      const found = await kept(request, PAGES, { ignoreSearch: true });
      if (!found) throw error;
      return found;
    }));
});

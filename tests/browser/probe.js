// Runs in the page before anything else: which frames show a change, does the player move?
(() => {
  if (window.probe) return;
  const rAF = window.requestAnimationFrame.bind(window);
  const CONTROL = '.widget-slider, .widget-readout, .widget-play, .noUi-target, ' +
    'button, input, select';
  const seen = { on: false };
  let inFrame = false, now = false, next = false;

  const mark = node => {
    const e = node.nodeType === 1 ? node : node.parentElement;
    if (!seen.on || seen.first === null || !e?.isConnected) return;
    if (!e.closest('.jp-OutputArea-output') || e.closest(CONTROL)) return;
    seen.marked = performance.now();
    if (inFrame) now = true; else next = true;
  };

  // A message posted in a frame is delivered after that frame is painted. Marks made in a task
  // belong to the next frame, marks made in a frame's callback to that frame.
  const painted = new MessageChannel();
  painted.port1.onmessage = ({ data }) => {
    if (seen.on && (data || now)) seen.frames.push(performance.now());
    now = false;
  };
  const loop = () => {
    painted.port2.postMessage(next);
    next = false;
    if (seen.on) rAF(loop); else seen.looping = false;
  };
  window.requestAnimationFrame = callback => rAF(time => {
    inFrame = true;
    try { callback(time); } finally { queueMicrotask(() => { inFrame = false; }); }
  });

  const event = e => {
    if (!seen.on || (e.type === 'pointermove' && !e.buttons)) return;
    seen.first ??= e.timeStamp;
    seen.last = e.timeStamp;
  };
  for (const type of ['keydown', 'pointermove']) window.addEventListener(type, event, true);

  // Pixels change by an image that is loaded and decoded, by SVG, and by drawing on a canvas.
  document.addEventListener('load', ({ target }) => {
    if (seen.on && target.tagName === 'IMG') target.decode().then(() => mark(target), () => {});
  }, true);
  const drawing = n => n.nodeType === 1 && (n.closest('svg') || n.querySelector('svg'));
  new MutationObserver(changes => {
    if (!seen.on) return;
    for (const { target, addedNodes } of changes) {
      const t = target.nodeType === 1 ? target : target.parentElement;
      if (t && (t.closest('svg') || [...addedNodes].some(drawing))) mark(t);
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const context = CanvasRenderingContext2D.prototype;
  for (const name of ['drawImage', 'putImageData', 'fill', 'stroke', 'fillRect', 'clearRect',
    'fillText']) {
    const original = context[name];
    context[name] = function (...parameters) {
      original.apply(this, parameters);
      if (seen.on && this.canvas.nodeType) mark(this.canvas);
    };
  }

  // Requests to the kernel that it has not finished. JupyterLab sends those of widgets to threads
  // of their own, so that the kernel's status says nothing about them.
  const open = new Set();
  const complain = ({ header, content }) => {
    // What a widget's callback raises or warns of is shown nowhere in the page.
    const { ename, evalue, name, text } = content;
    if (header.msg_type === 'error') console.error(`kernel: ${ename}: ${evalue}`);
    if (header.msg_type === 'stream' && name === 'stderr') console.error(`kernel: ${text}`);
  };
  const frame = () => new Promise(done => rAF(done));
  const wait = milliseconds => new Promise(done => setTimeout(done, milliseconds));

  let following = null;
  window.probe = {
    listen() {
      const { session } = window.jupyterapp.shell.currentWidget.sessionContext;
      session.kernel.anyMessage.connect((_, { msg, direction }) => {
        if (direction === 'send' && msg.channel === 'shell') open.add(msg.header.msg_id);
        if (direction === 'recv' && msg.channel === 'iopub') complain(msg);
        if (msg.header.msg_type === 'status' && msg.content.execution_state === 'idle')
          open.delete(msg.parent_header.msg_id);
      });
    },
    async answered() {
      for (let still = 0; still < 3; still = open.size ? 0 : still + 1) await frame();
    },
    // Begin to look; times count from the next key or drag, or from now.
    arm(from_now) {
      const first = from_now ? performance.now() : null;
      Object.assign(seen, { on: true, first, last: first, marked: 0, frames: [] });
      now = next = false;
      if (!seen.looping) { seen.looping = true; rAF(loop); }
    },
    // When which frames changed, in milliseconds since the first event.
    read() {
      seen.on = false;
      const since = time => time - seen.first;
      return { last: since(seen.last), end: since(performance.now()), frames: seen.frames.map(since) };
    },
    // The same as soon as the kernel has answered everything and no pixel has changed for a while;
    // a change that never comes is waited for ten times as long.
    async settled(quiet, timeout) {
      await Promise.race([this.answered(), wait(timeout)]);
      const answered = performance.now();
      for (;;) {
        const { marked, frames } = seen, late = performance.now();
        const shown = frames.length ? Math.max(marked, frames.at(-1)) : answered + 9 * quiet;
        if (late - shown > quiet || late - answered > timeout) return this.read();
        await wait(10);
      }
    },
    follow(player) {
      const first = player.closest('.jp-Notebook').querySelector('.jp-Cell');
      const low = [1e9, 1e9, 1e9, 1e9], high = [-1e9, -1e9, -1e9, -1e9];
      const mine = following = { low, high };
      const look = () => {
        if (following !== mine) return;
        const a = player.getBoundingClientRect(), o = first.getBoundingClientRect();
        [a.x - o.x, a.y - o.y, a.width, a.height].forEach((value, i) => {
          low[i] = Math.min(low[i], value); high[i] = Math.max(high[i], value);
        });
        rAF(look);
      };
      look();
    },
    spread() {
      const { low, high } = following;
      following = null;
      return Math.max(...low.map((value, i) => high[i] - value));
    },
  };
})();

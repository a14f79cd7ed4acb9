// Runs in the page before anything else: when do pixels settle, does the player move?
(() => {
  if (window.probe) return;
  const rAF = window.requestAnimationFrame.bind(window);
  const state = { on: false, start: null, last: 0, end: null, now: false, next: false };
  let inFrame = false;
  const CONTROL = '.widget-slider, .widget-readout, .noUi-target, button, input, select';
  const inOutput = e => e.closest('.jp-OutputArea-output') && !e.closest(CONTROL);

  const mark = node => {
    const e = node.nodeType === 1 ? node : node.parentElement;
    if (!state.on || state.start === null || !e || !e.isConnected || !inOutput(e)) return;
    state.last = performance.now();
    if (inFrame) state.now = true; else state.next = true;
  };

  // A message posted in a frame is delivered after that frame is painted. Marks made in a task
  // belong to the next frame, marks made in a frame's callback to that frame.
  const painted = new MessageChannel();
  painted.port1.onmessage = ({ data }) => {
    if (state.on && (data || state.now)) { state.now = false; state.end = performance.now(); }
  };
  let looping = false;
  const loop = () => {
    painted.port2.postMessage(state.next);
    state.next = false;
    looping = state.on;
    if (looping) rAF(loop);
  };
  window.requestAnimationFrame = callback => rAF(time => {
    inFrame = true;
    try { callback(time); } finally { queueMicrotask(() => { inFrame = false; }); }
  });

  window.addEventListener('keydown', e => {
    if (state.on && state.start === null) state.start = e.timeStamp;
  }, true);
  document.addEventListener('load', ({ target }) => {
    if (state.on && target.tagName === 'IMG') target.decode().then(() => mark(target), () => {});
  }, true);
  const drawing = n => n.nodeType === 1 && (n.closest('svg') || n.querySelector('svg'));
  new MutationObserver(list => {
    if (!state.on) return;
    for (const m of list) {
      const t = m.target.nodeType === 1 ? m.target : m.target.parentElement;
      if (t && (t.closest('svg') || [...m.addedNodes].some(drawing))) mark(t);
    }
  }).observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  const hook = (type, names) => {
    for (const name of names) {
      const original = type.prototype[name];
      type.prototype[name] = function (...args) {
        const result = original.apply(this, args);
        if (state.on && this.canvas.nodeType) mark(this.canvas);
        return result;
      };
    }
  };
  hook(CanvasRenderingContext2D, ['drawImage', 'putImageData', 'fill', 'stroke', 'fillRect',
    'clearRect', 'fillText']);

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
    arm() {
      Object.assign(state, { on: true, start: null, last: 0, end: null, now: false, next: false });
      if (!looping) { looping = true; rAF(loop); }
    },
    settled(quiet, timeout) {
      const begin = performance.now();
      return new Promise(done => {
        const look = () => {
          const now = performance.now();
          const over = state.end !== null && now - Math.max(state.last, state.end) > quiet;
          if (over || now - begin > timeout) {
            state.on = false;
            done(state.end === null ? null : state.end - state.start);
          } else setTimeout(look, 10);
        };
        look();
      });
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

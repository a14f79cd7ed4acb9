// The player of an explorer: draws three layers of SVG and moves the third with the step by itself.
const short = (x) => (Math.round(x * 10) / 10).toString();

// `size` holds the lengths that Python draws with: see GEOMETRY in svg/track.py.
function arrow([x1, y1, x2, y2], size) {
  const length = Math.hypot(x2 - x1, y2 - y1);
  if (length < size.point) return `M${short(x1)} ${short(y1)}`;
  const head = Math.min(size.head, size.head_share * length);
  const ux = (x2 - x1) / length, uy = (y2 - y1) / length;
  const bx = x2 - head * ux, by = y2 - head * uy, px = -0.5 * head * uy, py = 0.5 * head * ux;
  return `M${short(x1)} ${short(y1)}L${short(x2)} ${short(y2)}` +
    `M${short(bx + px)} ${short(by + py)}L${short(x2)} ${short(y2)}L${short(bx - px)} ${short(by - py)}`;
}

const cloud = (flat) =>
  flat.map((x, i) => (i % 2 ? `,${short(x)}h0` : `M${short(x)}`)).join("");

function ellipse([x, y, across, up]) {
  const arc = `a${short(across)} ${short(up)} 0 1 0`;
  return `M${short(x - across)} ${short(y)}${arc} ${short(2 * across)} 0${arc} ${short(-2 * across)} 0z`;
}

const between = (a, b, share) => a.map((x, i) => x + share * (b[i] - x));

const pixels = (value) => value.map((x) => x / 10);

function move(shape, kind, values, extra, step, share, size) {
  const k = Math.min(step, values.length - 1), next = Math.min(k + 1, values.length - 1);
  const now = () => between(pixels(values[k]), pixels(values[next]), share);
  const shown = () => {
    const places = values.slice(0, k + 1).map(pixels);
    if (share > 0 && kind === "upto") places.push(now());
    return places.map(([x, y]) => `${short(x)},${short(y)}`);
  };
  if (kind === "at") {
    const [x, y] = now();
    shape.setAttribute("transform", `translate(${short(x)} ${short(y)})`);
  } else if (kind === "arrow") {
    shape.setAttribute("d", arrow(now(), size));
  } else if (kind === "label") {
    const [x1, y1, x2, y2] = now(), [dx, dy, words] = extra;
    shape.setAttribute("transform", `translate(${short(x2 + dx)} ${short(y2 + dy)})`);
    shape.textContent = Math.hypot(x2 - x1, y2 - y1) > size.labelled ? words : "";
  } else if (kind === "upto") {
    shape.setAttribute("points", shown().join(" "));
  } else if (kind === "dots") {
    shape.setAttribute("d", shown().map((place) => `M${place}h0`).join(""));
  } else if (kind === "chunks") {
    shape.setAttribute("d", values.slice(0, k + 1).join(""));
  } else if (kind === "cloud" || kind === "ellipse") {
    shape.setAttribute("d", (kind === "cloud" ? cloud : ellipse)(now()));
  } else if (shape.textContent !== values[k]) {
    shape.textContent = values[k];
  }
}

// ipywidgets' controls lack names, roles and states, and its sliders marks: give them all of these.
function nameControls(host, marks) {
  for (const label of host.querySelectorAll('[title="null"]')) label.removeAttribute("title");
  for (const toggle of host.querySelectorAll(".widget-toggle-button")) {
    toggle.setAttribute("aria-pressed", toggle.classList.contains("mod-active"));
  }
  for (const widget of host.querySelectorAll(".widget-slider")) {
    const label = widget.querySelector(".widget-label")?.textContent.trim();
    const handle = widget.querySelector(".noUi-handle");
    if (!label || !handle) continue;
    const readout = widget.querySelector(".widget-readout");
    handle.setAttribute("aria-label", label);
    if (readout) {
      readout.setAttribute("role", "textbox");
      readout.setAttribute("aria-label", `${label}, type a value`);
      handle.setAttribute("aria-valuetext", readout.textContent.trim());
    }
    const base = widget.querySelector(".noUi-base"), wanted = JSON.stringify(marks[label] || []);
    if (!base || base.dataset.marks === wanted) continue;
    base.dataset.marks = wanted;
    base.querySelectorAll(".drc-mark").forEach((e) => e.remove());
    for (const [share, words, side] of marks[label] || []) {
      const mark = document.createElement("span");
      mark.className = `drc-mark drc-${side}`;
      mark.style.left = `${100 * share}%`;
      mark.textContent = words;
      base.appendChild(mark);
    }
  }
}

// A text that everyone sees at once, and that is read aloud when it has been at rest for a while.
function liveText() {
  const element = document.createElement("div");
  element.className = "drc-status";
  element.id = `drc-${Math.random().toString(36).slice(2)}`;
  element.setAttribute("role", "status");
  element.setAttribute("aria-live", "off");
  let timer = 0;
  const show = (words) => {
    clearTimeout(timer);
    element.setAttribute("aria-live", "off");
    if (element.textContent !== words) element.textContent = words;
  };
  const speak = () => {
    element.setAttribute("aria-live", "polite");
    element.replaceChildren(element.textContent);
  };
  const rest = () => { clearTimeout(timer); timer = setTimeout(speak, 600); };
  return { element, show, rest, close: () => clearTimeout(timer) };
}

async function render({ model, el }) {
  // Who holds the step, and under which name: the slider's model where there is one.
  const id = model.get("slider");
  const [holder, key] = id ? [await model.widget_manager.get_model(id), "value"] : [model, "step"];
  el.classList.add("drc-player-host");
  const player = document.createElement("div");
  player.className = "drc drc-player";
  player.setAttribute("role", "img");
  const layer = () => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("aria-hidden", "true");
    player.append(svg);
    return svg;
  };
  const back = layer(), front = layer();
  const status = liveText();
  player.setAttribute("aria-describedby", status.element.id);
  el.append(player, status.element);

  let shown = {};
  const picture = () => shown;
  let moving = [], drawn = 0, frame = 0, from = 0, begun = 0, spokenAt = 0, later = 0, spoken = false;

  const say = () => {
    clearTimeout(later);
    const write = () => {
      spokenAt = performance.now();
      const [sentence, columns] = picture().spoken;
      const words = sentence.replace(/\{(\d+)\}/g, (_, i) => {
        const column = columns[i];
        return column[Math.min(drawn, column.length - 1)];
      });
      status.show(words);
      if (spoken && !model.get("playing")) status.rest();
      spoken = true;
    };
    const wait = (model.get("playing") ? 400 : 0) - (performance.now() - spokenAt);
    if (wait > 0) later = setTimeout(write, wait); else write();
  };
  const place = (step, share = 0) => {
    drawn = step;
    const { geometry } = picture();
    for (const [shape, kind, values, extra] of moving) {
      move(shape, kind, values, extra, step, share, geometry);
    }
  };
  const find = () => {
    const shapes = new Map();
    front.querySelectorAll("[data-k]").forEach((e) => shapes.set(e.dataset.k, e));
    const sent = new Map(picture().tracks.map(([name, , values]) => [name, values]));
    moving = picture().tracks
      .map(([name, kind, values, extra]) =>
        [shapes.get(name), kind, typeof values === "string" ? sent.get(values) : values, extra])
      .filter(([shape]) => shape);
  };
  const drawBack = () => {
    back.innerHTML = `<rect class="card" width="100%" height="100%"/>${model.get("back")}`;
  };
  const host = () => el.closest(".drc-explorer") || el;
  const name = () => nameControls(host(), picture().marks);
  const drawFront = () => {
    shown = JSON.parse(model.get("picture"));
    const { front: shapes, size: [width, height], title } = picture();
    for (const svg of [back, front]) svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    player.setAttribute("aria-label", title);
    front.innerHTML = shapes;
    find();
    place(holder.get(key));
    say();
    name();
  };

  // While the picture plays, the step moves here alone: the kernel hears of it at the pause. Another
  // button pauses too, and is clicked once the kernel knows the step, since kernels do not always
  // take messages in their order: Step then steps on from what is seen.
  let known = 0, click = null;
  const stop = () => { cancelAnimationFrame(frame); frame = 0; };
  const pause = () => { model.set("playing", false); model.save_changes(); };
  const play = () => {
    stop();
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const pace = calm ? 2 : model.get("pace");
    const before = holder.get(key);
    if (before >= picture().last) holder.set(key, 0);
    known = before;
    const tick = (now) => {
      const at = Math.min(from + Math.max(now - begun, 0) * pace / 1000, picture().last);
      const step = Math.floor(at);
      place(step, calm ? 0 : at - step);
      if (holder.get(key) !== step) { holder.set(key, step); say(); }
      if (at >= picture().last) pause(); else frame = requestAnimationFrame(tick);
    };
    from = holder.get(key);
    begun = performance.now();
    frame = requestAnimationFrame(tick);
  };
  const moved = () => {
    const step = holder.get(key);
    if (frame && step === drawn) return;
    known = from = step;
    begun = performance.now();
    place(step);
    say();
  };
  const obey = (event) => {
    const button = event.target.closest(".widget-button");
    if (!frame || !button) return;
    if (holder.get(key) !== known) {
      event.stopImmediatePropagation();
      click = () => button.click();
    }
    pause();
  };
  const paused = () => {
    const next = click;
    click = null;
    stop();
    place(holder.get(key));
    say();
    const status = (message) => { if (message.content.execution_state === "idle") next?.(); };
    holder.save_changes({ iopub: { status } });
  };

  drawBack();
  drawFront();
  model.on("change:back", drawBack);
  model.on("change:picture", drawFront);
  holder.on(`change:${key}`, moved);
  model.on("change:playing", () => { if (model.get("playing")) play(); else paused(); });

  front.addEventListener("click", (event) => {
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(front.getScreenCTM().inverse());
    model.set("click", [Math.round(10 * point.x) / 10, Math.round(10 * point.y) / 10, Date.now() % 1e9]);
    model.save_changes();
  });

  const watch = new MutationObserver((changes) => {
    if (changes.some((change) => !el.contains(change.target))) name();
  });
  const begin = () => {
    if (!el.isConnected) { requestAnimationFrame(begin); return; }
    name();
    host().setAttribute("role", "group");
    host().setAttribute("aria-label", "Explorer");
    const what = { childList: true, characterData: true, attributes: true, attributeFilter: ["class"] };
    host().addEventListener("click", obey, true);
    watch.observe(host(), { subtree: true, ...what });
  };
  begin();
  return () => {
    stop();
    clearTimeout(later);
    status.close();
    watch.disconnect();
    holder.off(`change:${key}`, moved);
  };
}

export default { render };

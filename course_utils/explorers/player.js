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

// Rows of numbers as they are sent: see `packed` in svg/track.py.
function unpacked({ wide, tenths }) {
  const bytes = Uint8Array.from(atob(tenths), (letter) => letter.charCodeAt(0));
  const numbers = Array.from(new Int32Array(bytes.buffer), (x) => x / 10);
  return Array.from({ length: numbers.length / wide }, (_, k) => numbers.slice(k * wide, (k + 1) * wide));
}

// A line that leaves the picture goes along its edge, out of sight, until it comes back. A run that
// diverges leaps to and fro by thousands of pixels: to draw the dashes that nobody sees would take
// longer than all else together.
const MARGIN = 50;
function confined(places, [width, height]) {
  const along = (line, axis, high) => line.flatMap((to, k) => {
    const held = to.map((x, i) => (i === axis ? Math.min(Math.max(x, -MARGIN), high) : x));
    if (!k) return [held];
    const from = line[k - 1], share = (edge) => (edge - from[axis]) / (to[axis] - from[axis]);
    const crossed = [-MARGIN, high].map(share).filter((x) => x > 0 && x < 1).sort((a, b) => a - b);
    return [...crossed.map((x) => between(from, to, x)), held];
  });
  return along(along(places, 0, width + MARGIN), 1, height + MARGIN);
}

function move(shape, kind, values, extra, step, share, size, box) {
  const k = Math.min(step, values.length - 1), next = Math.min(k + 1, values.length - 1);
  const now = () => between(values[k], values[next], share);
  const shown = () => {
    const places = values.slice(0, k + 1);
    if (share > 0 && kind === "upto") places.push(now());
    return (kind === "upto" ? confined(places, box) : places).map(([x, y]) => `${short(x)},${short(y)}`);
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

// A number as pictures write it: 0.13 and 1e-8, where ipywidgets has 1.3e-1 and 1.0e-8.
function plain(words) {
  const found = /^([-−]?[\d.]+)e([-+−]?\d+)$/.exec(words.trim());
  if (!found) return words;
  const value = Number(words.replaceAll("−", "-"));
  const digits = found[1].replace(/[-−.]/g, "").length, size = Math.abs(value);
  if (size >= 1e-3 && size < 1e5) return String(Number(value.toPrecision(digits)));
  return String(Number(found[1])) + "e" + Number(found[2]);
}

// What is typed into a slider's number as ipywidgets reads it: "0,03" is 0.03, a minus sign is one.
// It would take the beginning of anything else for a number: that is refused with a word. A number
// that was only looked at stays what it is, with all the digits that are not shown.
function readNumbers(host) {
  let before = "";
  const readout = (event) => event.target.closest?.(".widget-slider .widget-readout");
  const say = (words) => {
    let note = host.querySelector(".drc-note");
    if (!note && !words) return;
    if (!note) {
      note = Object.assign(document.createElement("div"), { className: "drc-note" });
      note.setAttribute("role", "alert");
      host.append(note);
    }
    note.textContent = words;
  };
  const commit = (event) => {
    const field = readout(event);
    if (!field || (event.type === "keydown" && event.key !== "Enter")) return;
    const typed = field.textContent.trim();
    const read = typed.replace(/[−–]/g, "-").replace(/^([-+]?\d*),(\d+)$/, "$1.$2");
    const fits = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(read);
    if (!fits || typed === before) {
      field.textContent = before;
      event.stopImmediatePropagation();
      event.preventDefault();
      if (!fits) say(`“${typed}” is not a number: type one such as 0.03.`);
      return;
    }
    field.textContent = before = read;
    setTimeout(() => {
      before = field.textContent.trim();
      const off = Math.abs(before - read) > 0.1 * Math.abs(read) + 1e-9;
      say(off ? `${read} is beyond the end of this slider: it stands at ${before}.` : "");
    });
  };
  host.addEventListener("focus", (event) => {
    const field = readout(event);
    if (field) before = field.textContent.trim();
  }, true);
  host.addEventListener("keydown", commit, true);
  host.addEventListener("blur", commit, true);
  return () => {
    host.removeEventListener("keydown", commit, true);
    host.removeEventListener("blur", commit, true);
  };
}

// ipywidgets' controls lack names, roles and states, and its sliders marks: give them all of these.
function nameControls(host, marks) {
  for (const label of host.querySelectorAll('[title="null"]')) label.removeAttribute("title");
  for (const toggle of host.querySelectorAll(".drc-controls > .widget-toggle-button")) {
    toggle.setAttribute("aria-pressed", toggle.classList.contains("mod-active"));
  }
  for (const widget of host.querySelectorAll(".widget-slider")) {
    const label = widget.querySelector(".widget-label")?.textContent.trim();
    const handle = widget.querySelector(".noUi-handle");
    if (!label || !handle) continue;
    const readout = widget.querySelector(".widget-readout");
    handle.setAttribute("aria-label", label);
    if (readout && readout !== document.activeElement) {
      const words = plain(readout.textContent);
      if (readout.textContent !== words) readout.textContent = words;
    }
    if (readout) {
      readout.setAttribute("role", "textbox");
      readout.setAttribute("aria-label", `${label}, type a value`);
      handle.setAttribute("aria-valuetext", readout.textContent.trim());
    }
    // A class that is set again counts as a change, which is watched.
    if (marks[label] && !widget.matches(".drc-marked")) widget.classList.add("drc-marked");
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

// A text in parts, of which everyone hears all and sees every other one, the second, the fourth, ...,
// or all, after "More". What is heard is out of sight and whole, so that a screen reader has it as one;
// it is read aloud when it has been at rest for a while. No number that is seen is broken at its sign.
// `changed` is called when more or less is seen.
function liveText(changed) {
  const line = Object.assign(document.createElement("div"), { className: "drc-line" });
  const element = document.createElement("div");
  element.className = "drc-status";
  element.id = `drc-${Math.random().toString(36).slice(2)}`;
  element.setAttribute("role", "status");
  element.setAttribute("aria-live", "off");
  const more = Object.assign(document.createElement("button"), { type: "button", className: "drc-more" });
  const seen = Object.assign(document.createElement("div"), { className: "drc-seen" });
  seen.setAttribute("aria-hidden", "true");
  line.append(element, seen, more);
  let timer = 0, now = [];
  const span = (className, ...words) => {
    const made = Object.assign(document.createElement("span"), { className });
    made.append(...words);
    return made;
  };
  const unbroken = (words) =>
    words.split(/(\S*[-−]\d\S*)/).map((part, i) => (i % 2 ? span("drc-number", part) : part));
  const whole = () => more.getAttribute("aria-expanded") === "true";
  const fill = (box, parts) => {
    // The space behind what is not seen keeps apart what is seen before and after it.
    const short = parts.map((part, i) => (i % 2 ? part : part.slice(part.trimEnd().length)));
    box.replaceChildren(...unbroken((whole() ? parts : short).join("").trim()));
  };
  const show = (parts) => {
    clearTimeout(timer);
    element.setAttribute("aria-live", "off");
    now = parts;
    more.hidden = parts.every((part, i) => i % 2 || !part.trim());
    if (element.textContent === parts.join("")) return;
    element.textContent = parts.join("");
    fill(seen, parts);
  };
  const speak = () => {
    element.setAttribute("aria-live", "polite");
    element.replaceChildren(span("", element.textContent));
  };
  const rest = () => { clearTimeout(timer); timer = setTimeout(speak, 600); };
  const open = (all) => {
    more.setAttribute("aria-expanded", all);
    more.textContent = all ? "Less" : "More";
    fill(seen, now);
  };
  open(false);
  more.onclick = () => { open(!whole()); changed(); };
  // How tall it would be with these parts.
  const height = (parts) => {
    const sample = seen.cloneNode();
    sample.style.cssText = `position: absolute; visibility: hidden; width: ${seen.offsetWidth}px`;
    fill(sample, parts);
    line.append(sample);
    const tall = sample.offsetHeight;
    sample.remove();
    return tall;
  };
  return { line, element, seen, show, rest, height, close: () => clearTimeout(timer) };
}

// The box that scrolls an explorer up and down: the notebook's own, or null for the window.
function scroller(el) {
  let found = null;
  for (let e = el.parentElement; e && e !== document.body; e = e.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(e).overflowY)) found = e;
  }
  return found;
}

const ENDED = "The kernel has ended: Play, Back and Step move what is stored. " +
  "To move anything else, run the lesson again (Run > Run All Cells).";
// A picture with words of this size, in its own pixels, is as it was drawn; some meet from 16 on.
const WORDS = 14.5;

async function render({ model, el }) {
  // Who holds the step, and under which name: the slider's model where there is one.
  const id = model.get("slider"), get = (name) => model.widget_manager.get_model(name);
  const [holder, key] = id ? [await get(id), "value"] : [model, "step"];
  const button = model.get("button") ? await get(model.get("button")) : null;
  el.classList.add("drc-player-host");
  const stage = document.createElement("div");
  stage.className = "drc-stage";
  const player = document.createElement("div");
  player.className = "drc drc-player";
  player.setAttribute("role", "img");
  stage.append(player);
  const layer = () => {
    const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    svg.setAttribute("aria-hidden", "true");
    player.append(svg);
    return svg;
  };
  const back = layer(), front = layer();
  const status = liveText(() => { laid = ""; layout(); });
  player.setAttribute("aria-describedby", status.element.id);
  el.append(stage, status.line);

  let shown = {};
  const picture = () => shown;
  let moving = [], drawn = 0, frame = 0, from = 0, begun = 0, spokenAt = 0, later = 0, spoken = false;

  // The sentence in parts: what stands in brackets is seen, or all if there are none.
  const parts = (choose) => {
    const [sentence, columns] = picture().spoken;
    const words = sentence.replace(/\{(\d+)\}/g, (_, i) => choose(columns[i]));
    return words.includes("[") ? words.split(/[[\]]/) : ["", words, ""];
  };
  const say = () => {
    clearTimeout(later);
    const write = () => {
      spokenAt = performance.now();
      status.show(parts((column) => column[Math.min(drawn, column.length - 1)]));
      if (spoken && !model.get("playing")) status.rest();
      spoken = true;
    };
    const wait = (model.get("playing") ? 400 : 0) - (performance.now() - spokenAt);
    if (wait > 0) later = setTimeout(write, wait); else write();
  };
  const place = (step, share = 0) => {
    drawn = step;
    const { geometry, size } = picture();
    for (const [shape, kind, values, extra] of moving) {
      move(shape, kind, values, extra, step, share, geometry, size);
    }
  };
  const find = () => {
    const shapes = new Map();
    front.querySelectorAll("[data-k]").forEach((e) => shapes.set(e.dataset.k, e));
    const read = (values) => (values.tenths ? unpacked(values) : values);
    const sent = new Map(picture().tracks.map(([name, , values]) => [name, read(values)]));
    moving = picture().tracks
      .map(([name, kind, values, extra]) =>
        [shapes.get(name), kind, typeof values === "string" ? sent.get(values) : sent.get(name), extra])
      .filter(([shape]) => shape);
  };
  const drawBack = () => {
    back.innerHTML = `<rect class="card" width="100%" height="100%"/>${model.get("back")}`;
  };
  const host = () => el.closest(".drc-explorer") || el;
  const name = () => nameControls(host(), picture().marks || {});
  const drawFront = () => {
    shown = JSON.parse(model.get("picture"));
    // On a busy machine the widget is here before its first picture.
    if (!shown.size) return;
    const { front: shapes, size: [width, height], title } = picture();
    const box = `0 0 ${width} ${height}`;
    // Set again, it would count as another one: the background would be drawn anew at each move.
    if (front.getAttribute("viewBox") !== box) {
      for (const svg of [back, front]) svg.setAttribute("viewBox", box);
      player.style.setProperty("--drc-wide", `${width}px`);
      player.style.setProperty("--drc-high", `${height}px`);
    }
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
    const pressed = event.target.closest(".widget-button");
    const by = pressed?.matches(".drc-back") ? -1 : 1;
    if (pressed?.matches(".drc-back, .drc-step") && ended()) {
      if (frame) pause();
      holder.set(key, Math.min(Math.max(holder.get(key) + by, 0), picture().last));
      event.stopImmediatePropagation();
      return;
    }
    if (!frame || !pressed) return;
    if (holder.get(key) !== known) {
      event.stopImmediatePropagation();
      click = () => pressed.click();
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

  // The button says what it does: Play, or Pause while the picture plays. Its view does not look at
  // what changes while it is being pressed: hence afterwards.
  const label = () => queueMicrotask(() => {
    const playing = model.get("playing");
    if (!button || button.get("description") === (playing ? "Pause" : "Play")) return;
    button.set({ description: playing ? "Pause" : "Play", icon: playing ? "pause" : "play" });
    if (!ended()) button.save_changes();
  });

  // Without a kernel the picture still plays, since all its steps are here; the rest says that it
  // cannot, and does nothing.
  const ended = () => holder.comm_live === false;
  const still = () => {
    const needy = ".drc-controls > *, .drc-presets > *, .drc-reset";
    for (const part of host().querySelectorAll(needy)) part.toggleAttribute("inert", ended());
  };
  const live = () => {
    const box = host();
    still();
    box.querySelector(".drc-ended")?.remove();
    if (!ended()) return;
    const words = Object.assign(document.createElement("div"), { className: "drc-ended" });
    words.setAttribute("role", "alert");
    words.textContent = ENDED;
    box.append(words);
  };

  // The picture is as wide as leaves room on the screen for all that stands beside it, or at least
  // for the first row of sliders where its words would else be small.
  // Heights are taken in fractions: whole ones depend on where on the page a thing stands, and a
  // pixel more or less beside the picture would move it by several.
  const tall = (element) => element.getBoundingClientRect().height;
  let port = null, laid = [];
  const longest = () => parts((column) => column.reduce((a, b) => (b.length > a.length ? b : a), ""));
  const layout = () => {
    const box = host();
    const room = port ? port.clientHeight : innerHeight;
    if (!box.clientWidth || !picture().size) return;
    const now = [box.clientWidth, room, tall(box) - tall(player)];
    if (now.every((value, i) => Math.abs(value - laid[i]) < 1)) return;
    status.seen.style.height = `${status.height(longest())}px`;
    const [width, height] = picture().size, { bottom } = box.getBoundingClientRect();
    const beside = tall(box) - tall(player);
    const row = box.querySelector(".drc-controls > *");
    const first = row ? beside - (bottom - row.getBoundingClientRect().bottom) : beside;
    const letter = parseFloat(getComputedStyle(player).getPropertyValue("--drc-letter")) || 11;
    const fit = (other) => (room - other) * width / height;
    const wide = Math.max(fit(beside), Math.min(fit(first), width * letter / WORDS), 640);
    box.style.setProperty("--drc-stage", `${Math.floor(wide) + 2}px`);
    laid = [box.clientWidth, room, beside];
    stage.toggleAttribute("tabindex", stage.scrollWidth > stage.clientWidth + 1);
    if (stage.hasAttribute("tabindex")) stage.setAttribute("tabindex", "0");
  };
  const sizes = new ResizeObserver(layout);

  drawBack();
  drawFront();
  label();
  model.on("change:back", drawBack);
  model.on("change:picture", drawFront);
  holder.on(`change:${key}`, moved);
  holder.on("comm_live_update", live);
  model.on("change:playing", () => {
    label();
    if (model.get("playing")) play(); else paused();
  });

  front.addEventListener("click", (event) => {
    if (ended()) return;
    // The picture may be scaled with all around it, and stands in the middle of a larger place.
    const place = front.getBoundingClientRect(), [width, height] = picture().size;
    const scale = Math.min(place.width / width, place.height / height);
    const x = (event.clientX - place.x - place.width / 2) / scale + width / 2;
    const y = (event.clientY - place.y - place.height / 2) / scale + height / 2;
    model.set("click", [Math.round(10 * x) / 10, Math.round(10 * y) / 10, Date.now() % 1e9]);
    model.save_changes();
  });

  // Who goes by the keyboard comes to Play before More: the line stands after the transport, as seen.
  const inOrder = () => {
    const transport = host().querySelector(".drc-transport");
    if (transport && transport.nextElementSibling !== status.line) transport.after(status.line);
  };
  const watch = new MutationObserver((changes) => {
    const own = ({ target }) => el.contains(target) || status.line.contains(target);
    if (changes.every(own)) return;
    inOrder();
    name();
    if (ended()) still();
  });
  let forget = () => {};
  const begin = () => {
    if (!el.isConnected) { requestAnimationFrame(begin); return; }
    // What tells of a script that did not start, see player.py.
    const late = host().querySelector(".drc-unstarted")?.closest(".widget-html");
    if (late) { late.style.display = "none"; late.replaceChildren(); }
    inOrder();
    name();
    live();
    port = scroller(el);
    sizes.observe(host());
    layout();  // what is folded away is not observed
    if (port) sizes.observe(port); else addEventListener("resize", layout);
    forget = readNumbers(host());
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
    status.line.remove();
    watch.disconnect();
    sizes.disconnect();
    removeEventListener("resize", layout);
    forget();
    holder.off(`change:${key}`, moved);
    holder.off("comm_live_update", live);
  };
}

export default { render };

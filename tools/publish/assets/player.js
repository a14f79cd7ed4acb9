// An explorer in a page: the player's model, Play, the step, its settings, and its controls, which
// are moved by Python in a worker where there is one.
class Model {
  constructor(values) { this.values = values; this.listeners = {}; }
  get(name) { return this.values[name]; }
  set(name, value) {
    if (this.values[name] === value) return;
    this.values[name] = value;
    (this.listeners[`change:${name}`] || []).forEach((tell) => tell());
  }
  on(event, tell) { (this.listeners[event] ||= []).push(tell); }
  save_changes() {}
}

function make(tag, properties, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// A number as a slider shows it; `form` is Python's: ".2f", ".3g", ".1e" or "d".
function written(value, form) {
  const [, digits, kind] = /^(?:\.(\d+))?([a-z])$/.exec(form);
  if (kind === "f") return value.toFixed(digits);
  if (kind === "e") return plain(value.toExponential(digits));
  return kind === "g" ? plain(value.toPrecision(digits)) : String(value);
}

// A slider as `player.css` lays it out, its number a text that can be typed. It stands on stops, of
// which the browser counts the number; a typed value may lie between them.
function sliderOf(first, id, moved) {
  let control = first;
  const range = make("input", { type: "range", id, min: 0, step: 1, className: "noUi-handle" });
  const readout = make("span", { className: "widget-readout value", contentEditable: "true", spellcheck: false });
  readout.inputMode = "decimal";
  const label = make("label", { className: "widget-label", htmlFor: id, textContent: control.label });
  const base = make("div", { className: "noUi-base" }, range);
  const element = make("div", { className: `widget-slider${first.long ? " drc-long" : ""}` }, label, readout,
    make("div", { className: "slider-container" }, base));
  const at = (stop) => {
    // Twelve digits: as many stops as there are, none with the last bits of a sum.
    const place = Number((control.low + stop * control.step).toPrecision(12));
    return control.kind === "log" ? control.base ** place : place;
  };
  const stopOf = (value) => {
    const place = control.kind === "log" ? Math.log(value) / Math.log(control.base) : value;
    return Math.round((place - control.low) / control.step);
  };
  const ends = () => [control.low, control.high].map((end) => (control.kind === "log" ? control.base ** end : end));
  const write = (value) => { readout.textContent = written(value, control.form); };
  const show = (next) => {
    control = next;
    range.max = Math.round((control.high - control.low) / control.step);
    range.value = stopOf(control.value);
    if (document.activeElement !== readout) write(control.value);
  };
  range.oninput = () => { write(at(range.valueAsNumber)); if (!control.waits) moved(at(range.valueAsNumber)); };
  range.onchange = () => { if (control.waits) moved(at(range.valueAsNumber)); };
  // The player refuses what is no number, and then nothing of this happens.
  const typed = () => {
    const [low, high] = ends(), value = Number(readout.textContent);
    if (!Number.isFinite(value) || written(control.value, control.form) === readout.textContent.trim()) return;
    const inside = Math.min(Math.max(value, low), high);
    const fit = control.kind === "whole" ? Math.round(inside) : inside;
    range.value = stopOf(fit);
    control = { ...control, value: fit };
    write(fit);
    moved(fit);
  };
  readout.onblur = typed;
  readout.onkeydown = (event) => { if (event.key === "Enter") { event.preventDefault(); typed(); } };
  show(control);
  return { element, show };
}

function choiceOf(control, id, moved) {
  const select = make("select", { id }, ...control.options.map((words, k) => new Option(words, k)));
  const label = make("label", { className: "widget-label", htmlFor: id, textContent: control.label });
  select.onchange = () => moved(select.selectedIndex);
  const show = (next) => { select.selectedIndex = next.value; };
  show(control);
  return { element: make("div", { className: "widget-dropdown" }, label, select), show };
}

function switchOf(control, id, moved) {
  const element = make("button", { type: "button", id, className: "widget-toggle-button", textContent: control.label });
  const show = ({ value }) => {
    element.classList.toggle("mod-active", value);
    element.setAttribute("aria-pressed", value);
  };
  element.onclick = () => { show({ value: !element.matches(".mod-active") }); moved(element.matches(".mod-active")); };
  show(control);
  return { element, show };
}

// Longer than this, in ms, an answer is announced; a picture of most explorers takes some 20.
const SOON = 400;
// So long an explorer is looked at, in ms, before Python starts for it unasked.
const REST = 2500;

// What the page holds comes back, with the word that a script ended.
function fail(section, held, error) {
  section.replaceChildren(...held);
  console.error(error);
}

let started = 0;
function start(section) {
  const held = [...section.childNodes];
  try { begin(section, held); } catch (error) { fail(section, held, error); }
}

function begin(section, held) {
  const number = started++, { like } = section.dataset, holder = like ? document.getElementById(like) : section;
  const { goal, buttons, pace, kept, backs, states } = JSON.parse(holder.querySelector("script").textContent);
  const first = states[0], controls = first.controls.filter(({ name }) => name !== "step");
  const why = withoutPython(`Free values of ${controls.map(({ label }) => label).join(", ")}`), live = controls.length && !why;
  if (!live && first.picture.last < 1) {
    section.append(make("p", { className: "note", textContent: why }));
    section.querySelector(".unstarted")?.remove();
    return;
  }
  const model = new Model({
    back: backs[first.back], picture: JSON.stringify(first.picture),
    step: first.step, playing: false, pace, click: [0, 0, 0],
  });
  const player = make("div");
  section.querySelector(".still").replaceWith(player);
  render({ model, el: player }).then(
    () => section.querySelector(".unstarted")?.remove(),
    (error) => fail(section, held, error),
  );

  const play = make("button", { type: "button", className: "play" });
  const back = make("button", { type: "button", textContent: "Back" });
  const on = make("button", { type: "button", textContent: "Step" });
  const last = () => JSON.parse(model.get("picture")).last;
  const pause = () => model.set("playing", false);
  const go = (to) => { pause(); model.set("step", Math.min(Math.max(to, 0), last())); };
  const scale = first.controls.find(({ name }) => name === "step");
  const step = sliderOf(scale, `step-${number}`, go);
  const showStep = () => step.show({ ...scale, high: last(), value: model.get("step") });
  const showPlay = () => { play.textContent = model.get("playing") ? "Pause" : "Play"; };
  play.onclick = () => model.set("playing", !model.get("playing"));
  back.onclick = () => go(model.get("step") - 1);
  on.onclick = () => go(model.get("step") + 1);
  model.on("change:step", showStep);
  model.on("change:playing", showPlay);
  const transport = make("div", { className: "row drc-transport" }, play, back, on, step.element);
  if (goal) player.before(make("p", { className: "goal" }, make("b", { textContent: "Goal." }), ` ${goal}`));
  player.after(transport);
  transport.after(player.querySelector(".drc-line"));
  showStep();
  showPlay();

  // A stored setting, at once and without Python.
  const show = (k) => {
    pause();
    const { step: at, back: layer, picture } = states[k];
    model.set("back", backs[layer]);
    model.set("picture", JSON.stringify(picture));
    model.set("step", at);
    showStep();
  };
  const row = (label, ...pressed) => {
    const made = make("div", { className: "row drc-presets" }, ...pressed);
    made.setAttribute("role", "group");
    made.setAttribute("aria-label", label);
    section.append(made);
  };
  const button = (words, press, hint = words) =>
    make("button", { type: "button", textContent: words, title: hint, onclick: press });

  if (!live) {
    const settings = states.map(({ name }, k) => button(name, () => choose(k)));
    const choose = (k) => {
      show(k);
      settings.forEach((one, i) => one.setAttribute("aria-pressed", String(i === k)));
    };
    if (states.length > 1) { row("Settings", ...settings); choose(0); }
    if (why && controls.length) section.append(make("p", { className: "note", textContent: why }));
    return;
  }

  // What the reader did and Python has not yet heard; what was moved twice counts once.
  let known = kept, told = first.controls, todo = [], busy = false, begun = 0, trouble = "";
  // What was left may be done or undone in the worker: it takes the explorer as it is known here.
  let waits = new AbortController(), fresh = false;
  const shown = new Map();
  const note = make("p", { className: "note live" }), words = make("span");
  const leave = button("Stop waiting", () => waits.abort());
  note.append(words, " ", leave);
  note.setAttribute("role", "status");
  const say = () => {
    const waited = busy && python.ready && performance.now() - begun > SOON;
    words.textContent = python.words || (waited ? "Python is working …" : trouble);
    leave.hidden = !waited;
  };
  python.listeners.push(say);

  const present = (list) => {
    const moving = new Set(todo.flatMap(({ set }) => Object.keys(set || {})));
    for (const control of list) if (!moving.has(control.name)) shown.get(control.name)?.show(control);
  };
  const tell = async () => {
    if (busy) return;
    busy = true;
    while (todo.length) {
      const asked = todo.shift(), at = model.get("step");
      begun = performance.now();
      const soon = setTimeout(say, SOON + 20);
      try {
        waits = new AbortController();
        const message = { number, fresh, kept: known, asked: JSON.stringify({ ...asked, step: at }) };
        const answer = JSON.parse(await python.ask(message, waits));
        fresh = false;
        [known, told, trouble] = [answer.kept, answer.controls, answer.refused];
        if (answer.back !== null) model.set("back", answer.back);
        model.set("picture", answer.picture);
        if (answer.step !== at) { pause(); model.set("step", answer.step); }
        showStep();
        present(told);
      } catch (error) {
        todo = [];
        fresh = true;
        trouble = error instanceof Left ? "" : `Python could not draw this: ${error.message}`;
        present(told);
      }
      clearTimeout(soon);
    }
    busy = false;
    say();
  };
  const ask = (action) => {
    const before = todo.at(-1);
    if (before?.set && action.set) Object.assign(before.set, action.set); else todo.push(action);
    tell();
    say();
  };
  // A preset is stored: it is seen before Python has heard of it.
  const choose = (k, action) => { show(k); present(states[k].controls); ask(action); };

  const box = make("div", { className: "drc-controls" });
  controls.forEach((control, k) => {
    const kinds = { choice: choiceOf, switch: switchOf };
    const made = (kinds[control.kind] || sliderOf)(control, `control-${number}-${k}`,
      (value) => ask({ set: { [control.name]: value } }));
    shown.set(control.name, made);
    box.append(made.element);
  });
  transport.append(button("Reset", () => choose(0, { reset: true }), "all controls as at the beginning"));
  section.append(box);
  const own = buttons.length - (states.length - 1);
  if (buttons.length) {
    row("Presets", ...buttons.map(({ label, hint }, k) => button(label,
      () => (k < own ? ask({ press: k }) : choose(k - own + 1, { press: k })), hint)));
  }
  section.append(note);
  model.on("change:click", () => ask({ click: model.get("click").slice(0, 2) }));
  say();

  // Python starts with the first touch, or when the reader has come to rest at an explorer; who asked
  // the browser to save data is not made to fetch it unasked. Slides all lie in one place: none of
  // them is known to be looked at.
  box.addEventListener("pointerdown", () => python.start());
  box.addEventListener("focusin", () => python.start());
  if (navigator.connection?.saveData || section.closest(".slide")) return;
  let rest = 0;
  new IntersectionObserver((seen, watch) => {
    clearTimeout(rest);
    if (seen.at(-1).isIntersecting) rest = setTimeout(() => { watch.disconnect(); ask({}); }, REST);
  }).observe(player.querySelector(".drc-player"));
}

// On slides an explorer begins when `slides.js` has given it its place; one that a prediction opens,
// when it does.
document.addEventListener("DOMContentLoaded", async () => {
  await window.laidOut;
  document.querySelectorAll(":not(.opened) > .player").forEach((section) => start(section));
});

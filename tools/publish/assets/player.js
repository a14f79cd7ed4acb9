// An explorer in a page without a kernel: the player's model, Play, the step, and its presets.
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

function start(section, number) {
  const { goal, kernel, pace, backs, states } = JSON.parse(section.querySelector("script").textContent);
  const first = states[0];
  const model = new Model({
    back: backs[first.back], picture: JSON.stringify(first.picture),
    step: first.step, playing: false, pace, click: [0, 0, 0],
  });
  const player = make("div");
  section.querySelector(".still").replaceWith(player);
  render({ model, el: player });

  const play = make("button", { type: "button", className: "play" });
  const back = make("button", { type: "button", textContent: "Back" });
  const on = make("button", { type: "button", textContent: "Step" });
  const step = make("input", { type: "range", min: 0, step: 1, id: `step-${number}` });
  const value = make("span", { className: "value", ariaHidden: "true" });
  const label = make("label", { htmlFor: step.id, textContent: "step" });
  const last = () => JSON.parse(model.get("picture")).last;
  const showStep = () => { step.value = model.get("step"); value.textContent = model.get("step"); };
  const showPlay = () => { play.textContent = model.get("playing") ? "Pause" : "Play"; };
  const pause = () => model.set("playing", false);
  const go = (to) => { pause(); model.set("step", Math.min(Math.max(to, 0), last())); };
  play.onclick = () => model.set("playing", !model.get("playing"));
  back.onclick = () => go(model.get("step") - 1);
  on.onclick = () => go(model.get("step") + 1);
  step.oninput = () => go(Number(step.value));
  model.on("change:step", showStep);
  model.on("change:playing", showPlay);

  const settings = states.map((state) => make("button", { type: "button", textContent: state.name }));
  const choose = (k) => {
    pause();
    const { step: at, back: layer, picture } = states[k];
    step.max = picture.last;
    model.set("back", backs[layer]);
    model.set("picture", JSON.stringify(picture));
    model.set("step", at);
    settings.forEach((button, i) => button.setAttribute("aria-pressed", String(i === k)));
    showStep();
  };
  settings.forEach((button, k) => { button.onclick = () => choose(k); });
  choose(0);
  showPlay();

  if (goal) player.before(make("p", { className: "goal" }, make("b", { textContent: "Goal." }), ` ${goal}`));
  player.after(make("div", { className: "controls" },
    make("div", { className: "row" }, play, back, on, label, step, value)));
  if (states.length > 1) {
    const row = make("div", { className: "row" }, ...settings);
    row.setAttribute("role", "group");
    row.setAttribute("aria-label", "Settings");
    section.querySelector(".controls").append(row);
  }
  if (kernel.length) {
    const words = `Free values of ${kernel.join(", ")} need the kernel: open the lesson in JupyterLab.`;
    section.append(make("p", { className: "note", textContent: words }));
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".player").forEach(start);
});

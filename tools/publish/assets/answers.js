// Forms where the lesson has a call: a prediction that locks, an exercise with its check, hints and
// solution, the twelve questions, the tally. What they say is made by the course's own Python: before,
// with the page, or now, in the worker.
const EXERCISES = "course_utils.exercises.headless", INVENTORY = "course_utils.inventory.headless";
const noChecks = withoutPython("Checks");

const press = (words, act, hint = "") => make("button", { type: "button", textContent: words, onclick: act, ...(hint && { title: hint }) });
const unhidden = (text) => JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(text), (c) => c.charCodeAt(0))));

// Text beside HTML that Python made; only the latter is read as HTML.
const madeOf = (html) => Object.assign(document.createElement("div"), { innerHTML: html });

// What a form says, heard by a screen reader as well, and whether Python is at work for it.
function voice(form) {
  const said = make("div", { className: "said" }), help = make("div", { className: "help" });
  const row = make("div", { className: "row" }), waits = make("p", { className: "note waits", hidden: true }), notes = make("p", { className: "note" });
  said.setAttribute("role", "status");
  help.setAttribute("aria-live", "polite");
  waits.setAttribute("role", "status");
  form.append(row, waits, said, notes, help);
  const say = (html, verdict = "") => {
    said.replaceChildren(...(html ? [html instanceof Node ? html : madeOf(html)] : []));
    form.dataset.verdict = verdict;
  };
  const sayWords = (words) => say(words ? make("p", { textContent: words }) : "");
  let left = null, late = false;
  const words = make("span"), stop = press("Stop", () => left?.abort());
  waits.append(words, " ", stop);
  const wait = () => {
    words.textContent = python.words || "Python is at work …";
    waits.hidden = !left || !(late || python.words);
  };
  python.listeners.push(wait);
  // Ask Python; undefined when the reader would not wait.
  const ask = async (act) => {
    if (left) return undefined;
    left = new AbortController();
    late = false;
    form.setAttribute("aria-busy", "true");
    const soon = setTimeout(() => { late = true; wait(); }, SOON);
    wait();
    try {
      return await act(left.signal);
    } catch (error) {
      if (error instanceof Left && error.reason === "reader") return undefined;
      throw error;
    } finally {
      clearTimeout(soon);
      left = null;
      form.removeAttribute("aria-busy");
      wait();
    }
  };
  const note = (words) => { notes.textContent = words || ""; };
  return { row, help, say, sayWords, note, ask };
}

// A prediction needs no Python: the reply to each option came with the page. To a number it is the
// truth and the reason; how far off it was, Python says as soon as it is there. The explorer that it
// opens stands behind it, unseen until then.
function prediction(form, { key, held, first, outside, range }) {
  const { row, say, sayWords, note } = voice(form), back = unhidden(held);
  const opens = form.nextElementSibling?.matches(".opened") ? form.nextElementSibling : null;
  const lock = make("button", { type: "submit", textContent: "Lock in" });
  const fields = [...form.querySelectorAll("input")];
  let locked = null;
  row.append(lock);

  const line = (name, words) => make("tr", {}, make("th", { scope: "row", textContent: name }), make("td", { textContent: words }));
  const p = (words) => make("p", { textContent: words });
  const shown = (said) => {
    if (back.replies) return back.replies[said];
    return make("div", {}, make("table", {}, line("you said", `${said} ${back.unit}`.trim()), line("it is", back.shown)), p(back.because));
  };
  const compare = async () => {
    if (locked === null || range === undefined || !python.ready) return;
    const said = locked, told = await python.call(EXERCISES, "predicted", [key, String(said)]).catch(() => null);
    if (told?.html && locked === said) say(told.html, "locked");
  };
  const open = () => {
    if (!opens) return;
    opens.hidden = false;
    if (opens.querySelector(".still")) start(opens.firstElementChild);
  };
  const close = (said) => {
    locked = said;
    for (const field of fields) field.disabled = true;
    lock.disabled = true;
    lock.textContent = "Locked in";
    fill(form, String(said));
    say(shown(said), "locked");
    open();
    compare();
  };
  const good = (said) => (range ? Number.isFinite(said) : fields.some(({ value }) => value === said));
  const restore = () => {
    locked = null;
    for (const field of fields) field.disabled = false;
    lock.disabled = false;
    lock.textContent = "Lock in";
    form.reset();
    say("");
    note("");
    if (opens) opens.hidden = true;
    const entry = kept.get("prediction", key);
    if (entry && good(entry.said)) close(entry.said);
  };
  form.onsubmit = (event) => {
    event.preventDefault();
    const text = valueOf(form).trim(), said = range ? Number(text.replace(",", ".")) : text;
    if (!text || (range && Number.isNaN(said))) { sayWords(first); return; }
    if (range && !(said >= (range[0] ?? -Number.MAX_VALUE) && said <= (range[1] ?? Number.MAX_VALUE))) { sayWords(outside); return; }
    kept.put({ prediction: key, said, truth: back.truth, ...(back.about ? { about: back.about } : {}) });
    close(said);
    note(kept.trouble && `${kept.trouble}: this lasts until you close the page. “Your answers” at its end saves it as a file.`);
  };
  if (range) python.listeners.push(compare);
  return restore;
}

function exercise(form, { key, call, hints, solution, endless }) {
  const { row, help, say, sayWords, ask } = voice(form), area = form.querySelector(CODE);
  let given = 0, saved = 0;
  const shownHelp = (html) => help.replaceChildren(madeOf(html));
  const hint = press("Hint", () => {
    given = Math.min(given + 1, hints.length);
    help.replaceChildren(...hints.slice(0, given).map(madeOf));
    hint.textContent = given < hints.length ? `Hint ${given + 1} of ${hints.length}` : "No more hints";
    hint.setAttribute("aria-disabled", String(given === hints.length));
  });
  row.append(make("button", { type: "submit", textContent: "Check" }), hint, press("Solution", () => shownHelp(solution)));
  if (area) {
    keysOfCode(area);
    row.append(press("Start again", () => { area.value = area.defaultValue; keep(); say(""); }, "The code as the lesson gives it"));
  }
  const keep = (more = {}) => {
    clearTimeout(saved);
    kept.put({ ...kept.get("exercise", key), exercise: key, ...more, answer: typedIn(form) });
  };
  form.addEventListener("input", () => { clearTimeout(saved); saved = setTimeout(keep, 300); });
  // A page that is left keeps the last letters, too.
  addEventListener("pagehide", () => { if (saved) keep(); });
  const restore = () => {
    clearTimeout(saved);
    saved = 0;
    form.reset();
    say("");
    help.replaceChildren();
    const entry = kept.get("exercise", key);
    if (entry?.answer) typeInto(form, entry.answer);
    if (entry?.solved) say("<p>✔ Solved when you checked before.</p>", "right");
    else if (entry?.solved === false) say("<p>✘ Not yet right when you last checked.</p>", "not yet");
  };
  const count = (verdict) => {
    const before = kept.get("exercise", key)?.solved;
    keep(["right", "not yet"].includes(verdict) ? { solved: before || verdict === "right" } : {});
  };
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (noChecks) { sayWords(noChecks); return; }
    keep();
    try {
      const told = await ask(async (signal) => {
        // What a check has to load and to compute first is not of the answer's time.
        await python.call(EXERCISES, "ready", [key], { signal });
        const typed = { ...typedIn(form), ...(call ? { call } : {}) };
        return python.call(EXERCISES, "checked", [key, typed, kept.lines()], { limit: COURSE.limit, signal });
      });
      if (!told) return;
      say(told.html, told.verdict);
      count(told.verdict);
    } catch (error) {
      if (!(error instanceof Left)) { sayWords(error.message); return; }
      say(endless, "not yet");
      count("not yet");
    }
  };
  return restore;
}

function questions(form, { when }) {
  const { row, help, say, sayWords, ask } = voice(form), nickname = form.elements.nickname;
  const answers = () => Object.fromEntries(Object.entries(typedIn(form).parts).filter(([, letter]) => letter));
  row.append(make("button", { type: "submit", textContent: "Hand in" }));
  const files = () => kept.entries("hand-in/").filter((entry) => entry.when === when);
  const showFiles = () => help.replaceChildren(...files().map((entry) => {
    const name = `inventory_${entry.when}_${entry.learner}.json`, day = entry.handed_in.slice(0, 10);
    // As `Record.json` writes it.
    const text = `${JSON.stringify(entry, null, 1)}\n`;
    return make("p", {}, `Handed in on ${day}. `, press(`Save the file ${name}`, () => save(name, text)));
  }));
  form.addEventListener("change", () => kept.put({ questions: when, answers: answers(), nickname: nickname.value }));
  const restore = () => {
    form.reset();
    say("");
    const draft = kept.get("questions", when);
    if (draft) {
      typeInto(form, { parts: draft.answers });
      nickname.value = draft.nickname ?? "";
    }
    showFiles();
  };
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (noChecks) { sayWords(noChecks.replace("Checks need", "The reply needs")); return; }
    try {
      const earlier = kept.entries("hand-in/").map((entry) => JSON.stringify(entry));
      const told = await ask((signal) => python.call(INVENTORY, "handed_in", [when, answers(), nickname.value, earlier], { limit: COURSE.limit, signal }));
      if (!told) return;
      if (told.record) {
        kept.put(told.record);
        kept.drop("questions", when);
      }
      say(told.html, told.record ? "locked" : "");
      showFiles();
    } catch (error) {
      sayWords(error.message);
    }
  };
  return restore;
}

function tally(form) {
  const { row, say, sayWords, ask } = voice(form);
  row.append(make("button", { type: "submit", textContent: "Show the tally" }));
  form.onsubmit = async (event) => {
    event.preventDefault();
    if (noChecks) { sayWords(noChecks.replace("Checks need", "The tally needs")); return; }
    try {
      const told = await ask((signal) => python.call(EXERCISES, "tallied", [kept.lines()], { limit: COURSE.limit, signal }));
      if (told !== undefined) say(told);
    } catch (error) {
      sayWords(error.message);
    }
  };
  return () => say("");
}

const KINDS = { prediction, exercise, questions, tally };
const restores = [];

document.addEventListener("DOMContentLoaded", () => {
  document.querySelectorAll(".answer-form").forEach((form) => {
    const restore = KINDS[form.dataset.kind](form, JSON.parse(form.querySelector("script").textContent));
    restores.push(restore);
    restore();
  });
  // Said once: it holds for all of them.
  const checks = document.querySelector('.answer-form:not([data-kind="prediction"])');
  if (noChecks) checks?.append(make("p", { className: "note", textContent: `${noChecks} Hints and solutions are here all the same.` }));
});

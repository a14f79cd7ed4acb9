// What a reader did, kept in this browser and nowhere else. Each entry is a line of a learner's file
// as a lesson in JupyterLab writes it, `my_progress.jsonl`, with what was typed besides; so either can
// be read by the other. Every entry is an item of its own: two pages that are open at once cannot lose
// each other's answers.
const PLACE = "down-the-ravine/";
const LONGEST_TEXT = 20000, MOST_PARTS = 20;

const isText = (x, most) => typeof x === "string" && x.length <= most;
const isTable = (x) => typeof x === "object" && x !== null && !Array.isArray(x);
const isLetters = (x) => isTable(x) && Object.entries(x).every(([n, letter]) => /^\d{1,2}$/.test(n) && /^[abcd?]$/.test(letter));

function isTyped(x) {
  if (!isTable(x)) return false;
  const { text, code, parts } = x;
  if (parts !== undefined) {
    const all = isTable(parts) ? Object.entries(parts) : [];
    return all.length > 0 && all.length <= MOST_PARTS && all.every(([n, part]) => isText(n, 80) && isText(part, LONGEST_TEXT));
  }
  return isText(text ?? code, LONGEST_TEXT);
}

// What kind of entry this is and its name; null for one of another course or of a later edition.
// What only looks like one of ours is an error.
function nameOf(entry) {
  if (!isTable(entry)) throw new Error("is not an entry");
  const { prediction, exercise, inventory, questions } = entry;
  const fit = (good, found) => { if (!good) throw new Error("is damaged"); return found; };
  if (prediction !== undefined) {
    const good = isText(prediction, 80) && (isText(entry.said, 300) || Number.isFinite(entry.said));
    return fit(good, COURSE.predictions.includes(prediction) ? ["prediction", prediction] : null);
  }
  if (exercise !== undefined) {
    const { solved, answer } = entry;
    const good = isText(exercise, 80) && (solved === undefined || typeof solved === "boolean") &&
      (answer === undefined || isTyped(answer));
    return fit(good, COURSE.exercises.includes(exercise) ? ["exercise", exercise] : null);
  }
  if (inventory !== undefined || questions !== undefined) {
    const when = questions ?? entry.when, codes = questions === undefined;
    const good = ["before", "after"].includes(when) && isLetters(entry.answers) && isText(entry.nickname ?? "", 40) &&
      (!codes || (/^\w{1,40}$/.test(entry.learner) && /^\w{1,40}$/.test(entry.id) && /^[\dTZ:-]{1,40}$/.test(entry.handed_in)));
    return fit(good, codes ? ["hand-in", entry.id] : ["questions", when]);
  }
  return null;
}

class Kept {
  constructor() {
    this.listeners = [];
    // Where the browser keeps nothing, as in some private windows, the page itself does until it closes.
    this.here = new Map();
    this.trouble = "";
    try {
      localStorage.setItem(`${PLACE}try`, "1");
      localStorage.removeItem(`${PLACE}try`);
      this.lasts = true;
    } catch {
      this.lasts = false;
    }
  }

  names() {
    const all = this.lasts ? Object.keys(localStorage).filter((name) => name.startsWith(PLACE)) : [];
    return [...new Set([...all, ...this.here.keys()])].sort();
  }

  read(place) {
    try {
      const entry = JSON.parse(this.here.get(place) ?? (this.lasts ? localStorage.getItem(place) : null));
      return entry !== null && nameOf(entry) ? entry : null;
    } catch {
      return null;
    }
  }

  write(place, text) {
    this.trouble = "";
    try {
      if (!this.lasts) throw new Error();
      localStorage.setItem(place, text);
      this.here.delete(place);
    } catch {
      this.here.set(place, text);
      this.trouble = this.lasts ? "The browser's storage is full" : "This browser keeps nothing for these pages";
    }
  }

  get(kind, name) { return this.read(`${PLACE}${kind}/${name}`); }

  put(entry) {
    this.write(PLACE + nameOf(entry).join("/"), JSON.stringify(entry));
    this.tell();
  }

  drop(kind, name) {
    const place = `${PLACE}${kind}/${name}`;
    this.here.delete(place);
    if (this.lasts) localStorage.removeItem(place);
    this.tell();
  }

  entries(kind = "") { return this.names().filter((name) => name.startsWith(PLACE + kind)).map((name) => this.read(name)).filter(Boolean); }

  // The learner's file.
  lines() { return this.entries().map((entry) => `${JSON.stringify(entry)}\n`).join(""); }

  clear() {
    for (const name of this.names()) if (this.lasts) localStorage.removeItem(name);
    this.here.clear();
    this.trouble = "";
    this.tell();
  }

  // Take the entries of a file; what is kept here already stays. All of them or, with an error that
  // says why, none. Tells how many were taken, and how many are not of these pages.
  take(text) {
    const found = [], foreign = [];
    text.split("\n").forEach((line, k) => {
      if (!line.trim()) return;
      try {
        const entry = JSON.parse(line), place = nameOf(entry);
        if (place) found.push([PLACE + place.join("/"), entry]); else foreign.push(k);
      } catch (error) {
        throw new Error(`Line ${k + 1} ${error instanceof SyntaxError ? "cannot be read" : error.message}, so nothing was changed.`);
      }
    });
    for (const [place, entry] of found) this.write(place, JSON.stringify(this.joined(this.read(place), entry)));
    this.tell();
    return { taken: found.length, foreign: foreign.length };
  }

  joined(ours, theirs) {
    if (!ours) return theirs;
    if (ours.exercise === undefined) return ours;
    const solved = ours.solved || theirs.solved ? true : ours.solved ?? theirs.solved;
    return { ...ours, solved, answer: ours.answer ?? theirs.answer };
  }

  tell() { for (const listener of this.listeners) listener(); }
}

const kept = new Kept();

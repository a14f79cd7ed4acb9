// The fields of a form: what was typed into them, and the keys of the code field.
const CODE = "textarea.code";

// What was typed, as `course_utils.exercises.headless` reads it.
function typedIn(form) {
  const code = form.querySelector(CODE);
  if (code) return { code: code.value };
  const named = [...form.querySelectorAll("[data-part]")];
  if (named.length) return { parts: Object.fromEntries(named.map((part) => [part.dataset.part, valueOf(part)])) };
  return { text: valueOf(form) };
}

function typeInto(form, typed) {
  const code = form.querySelector(CODE), named = [...form.querySelectorAll("[data-part]")];
  if (code) fill(code, typed.code);
  else if (named.length) for (const part of named) fill(part, typed.parts?.[part.dataset.part]);
  else fill(form, typed.text);
}

// A field, or what stands in a box: one line, one text, or the radio button that is chosen.
const fieldOf = (box) => (box.matches("input, textarea") ? box : box.querySelector("input[type=text], textarea"));

function valueOf(box) {
  return fieldOf(box)?.value ?? box.querySelector("input[type=radio]:checked")?.value ?? "";
}

function fill(box, text) {
  if (typeof text !== "string") return;
  const field = fieldOf(box);
  if (field) field.value = text;
  else for (const radio of box.querySelectorAll("input[type=radio]")) radio.checked = radio.value === text;
}

// A plain text area: ten lines of code need no editor, and it works with every keyboard, screen reader
// and telephone as its reader is used to. Tab indents, as everywhere where Python is written; after Esc
// it leaves the field, so that nobody is caught in it.
function keysOfCode(area) {
  let leaves = false;
  const put = (text) => {
    // This way the browser's own undo knows of it; where it is gone, the text is changed all the same.
    if (!document.execCommand("insertText", false, text)) {
      area.setRangeText(text, area.selectionStart, area.selectionEnd, "end");
      area.dispatchEvent(new Event("input", { bubbles: true }));
    }
  };
  const line = () => {
    const begin = area.value.lastIndexOf("\n", area.selectionStart - 1) + 1;
    return [begin, area.value.slice(begin, area.selectionStart)];
  };
  area.addEventListener("blur", () => { leaves = false; });
  area.addEventListener("keydown", (event) => {
    if (event.key === "Escape") { leaves = true; return; }
    const tab = event.key === "Tab" && !event.ctrlKey && !event.altKey && !event.metaKey;
    if (tab && leaves) return;
    if (event.key !== "Shift") leaves = false;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      area.form.requestSubmit();
    } else if (tab && event.shiftKey) {
      event.preventDefault();
      const [begin] = line(), spaces = /^ {1,4}/.exec(area.value.slice(begin))?.[0].length;
      if (!spaces) return;
      const at = area.selectionStart;
      area.setSelectionRange(begin, begin + spaces);
      document.execCommand("delete") || area.setRangeText("", begin, begin + spaces, "end");
      area.setSelectionRange(Math.max(at - spaces, begin), Math.max(at - spaces, begin));
    } else if (tab) {
      event.preventDefault();
      put(" ".repeat(4 - (line()[1].length % 4)));
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      const before = line()[1], depth = /^ */.exec(before)[0].length + (/:\s*$/.test(before) ? 4 : 0);
      put(`\n${" ".repeat(depth)}`);
    }
  });
}

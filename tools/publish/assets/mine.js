// At the end of a page: what is kept of the reader, to save as a file, to read from one, to clear.
function save(name, text) {
  const link = make("a", { download: name, href: URL.createObjectURL(new Blob([text], { type: "application/json" })) });
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}

function mine() {
  const count = make("p"), said = make("p", { className: "note" }), row = make("div", { className: "row" });
  said.setAttribute("role", "status");
  const say = (words) => { said.textContent = words; };
  const tell = () => {
    const locked = kept.entries("prediction/").length, tried = kept.entries("exercise/").filter(({ solved }) => solved !== undefined);
    const right = tried.filter(({ solved }) => solved).length;
    count.textContent = `Predictions locked in: ${locked}. Exercises solved: ${right} of the ${tried.length} that you checked. ` +
      (kept.lasts && !kept.trouble ? "They are kept in this browser and sent nowhere; clearing its data clears them, too."
        : `${kept.trouble || "This browser keeps nothing for these pages"}: save them as a file before you close the page.`);
  };
  const file = make("input", { type: "file", accept: ".jsonl,.json", hidden: true });
  const read = async () => {
    const [chosen] = file.files;
    file.value = "";
    if (!chosen) return;
    if (chosen.size > COURSE.largest) { say("That file is too large to be from this course, so nothing was changed."); return; }
    try {
      const { taken, foreign } = kept.take(await chosen.text());
      restores.forEach((restore) => restore());
      const taking = taken === 1 ? "1 entry was" : `${taken} entries were`;
      const passed = foreign === 1 ? "1 is not of these pages and was" : `${foreign} are not of these pages and were`;
      say(`${taking} read; what was here already stayed.${foreign ? ` ${passed} passed over.` : ""}`);
    } catch (error) {
      say(error.message);
    }
  };
  file.onchange = read;
  const buttons = [
    press("Save as a file", () => save("my_progress.jsonl", kept.lines()), "my_progress.jsonl, which the lessons in JupyterLab read as well"),
    press("Read a file", () => file.click(), "a file that was saved here, or the my_progress.jsonl that lies beside the lessons"),
    press("Clear all", () => row.replaceChildren(...sure)),
  ];
  const ask = (words) => { row.replaceChildren(...buttons); buttons[2].focus(); say(words); };
  const sure = [
    make("span", { textContent: "Clear the answers of all lessons?" }),
    press("Yes, clear", () => { kept.clear(); restores.forEach((restore) => restore()); ask("Cleared."); }),
    press("No, keep them", () => ask("")),
  ];
  row.append(...buttons);
  kept.listeners.push(tell);
  addEventListener("storage", tell);
  tell();
  return make("details", { className: "mine" }, make("summary", { textContent: "Your answers" }), count, row, file, said);
}

document.addEventListener("DOMContentLoaded", () => {
  if (restores.length) document.querySelector("main > .turn")?.before(mine());
});

// What JupyterLab lacks for keyboards and screen readers, added once to a page.
if (!window.drcPage) {
  window.drcPage = true;

  // A key belongs to the control that has the focus: without this, D D on a slider deletes its cell.
  const OURS = ".drc-explorer, .drc-predict, .drc-inventory";
  window.addEventListener("keydown", (event) => {
    const box = event.target.closest?.(OURS);
    if (!box) return;
    const run = event.shiftKey && event.key === "Enter";
    const command = run || event.ctrlKey || event.altKey || event.metaKey;
    event.target.toggleAttribute("data-lm-suppress-shortcuts", !command);
    if (event.key === "Escape") box.closest(".jp-Cell")?.focus();
  }, true);

  // JupyterLab shows a figure without an alternative text: its caption is the next output.
  const BARE = ".jp-OutputArea-output img:not([alt])";
  const describe = () => {
    for (const image of document.querySelectorAll(BARE)) {
      const below = image.closest(".jp-OutputArea-child")?.nextElementSibling;
      const caption = below?.querySelector(".jp-RenderedMarkdown")?.textContent.trim();
      if (caption) image.alt = caption;
    }
  };
  const soon = () => [0, 500, 3000].forEach((wait) => setTimeout(describe, wait));
  document.addEventListener("load", ({ target }) => { if (target.matches?.(BARE)) soon(); }, true);
  soon();
}

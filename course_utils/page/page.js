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
}

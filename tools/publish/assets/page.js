// The theme: that of the system until the reader chooses; the table of contents: open where wide.
(() => {
  const root = document.documentElement, key = "down-the-ravine-theme";
  const kept = () => { try { return localStorage.getItem(key); } catch { return null; } };
  const keep = (theme) => { try { localStorage.setItem(key, theme); } catch { /* private pages */ } };
  const system = matchMedia("(prefers-color-scheme: dark)");
  const use = (theme) => { root.dataset.jpThemeLight = String(theme !== "dark"); };
  const dark = () => (root.dataset.jpThemeLight ? root.dataset.jpThemeLight === "false" : system.matches);
  if (kept()) use(kept());

  // What scrolls sideways in a box of its own does so by keyboard, too.
  const BOXES = ".formula, .answer, figure, table, p, li";
  const reach = () => {
    for (const box of document.querySelectorAll(BOXES)) {
      const wide = box.scrollWidth > box.clientWidth + 1 && getComputedStyle(box).overflowX === "auto";
      if (wide) box.tabIndex = 0; else if (box.tabIndex === 0) box.removeAttribute("tabindex");
    }
  };

  // A link to a folded section opens it.
  const unfold = () => {
    let name;
    try { name = decodeURIComponent(location.hash.slice(1)); } catch { return; }  // a stray %
    const there = document.getElementById(name);
    const folded = there?.closest("details:not([open])");
    if (!folded) return;
    folded.open = true;
    there.scrollIntoView();
  };

  document.addEventListener("DOMContentLoaded", () => {
    reach();
    unfold();
    addEventListener("hashchange", unfold);
    addEventListener("resize", reach);
    const button = document.getElementById("theme");
    const show = () => button.setAttribute("aria-pressed", String(dark()));
    button.hidden = false;
    button.onclick = () => { const theme = dark() ? "light" : "dark"; use(theme); keep(theme); show(); };
    system.addEventListener("change", show);
    show();
    const contents = document.querySelector("details.contents");
    if (contents && matchMedia("(min-width: 1200px)").matches) contents.open = true;
  });
})();

// Lays the parts of a lesson out on slides of 1920 × 1080, and turns them.
const WIDTH = 1920, HEIGHT = 1080;
// The script of the explorers waits for this: each begins in its place.
let placed = null;
window.laidOut = new Promise((done) => { placed = done; });

function make(tag, properties = {}, ...children) {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
}

// A table, a list or a text in lines as a whole that can be cut: `show(from, to)` shows a part of it.
function cuttable(block) {
  const list = block.matches("ul, ol") ? block : block.querySelector("tbody, ul, ol");
  if (list && list.children.length > 1) {
    const rows = [...list.children];
    return { length: rows.length, show: (from, to) => {
      list.replaceChildren(...rows.slice(from, to));
      if (list.tagName === "OL") list.start = from + 1;
    } };
  }
  if (!block.matches("pre")) return null;
  const text = block.querySelector("code") || block, lines = text.innerHTML.split("\n");
  return { length: lines.length, show: (from, to) => { text.innerHTML = lines.slice(from, to).join("\n"); } };
}

const fits = (body) => body.scrollHeight <= body.clientHeight + 1 && body.scrollWidth <= body.clientWidth + 1;

function layOut(deck) {
  const slides = [];
  let title = "", body = null, notes = "";
  const open = () => {
    const slide = make("section", { className: "slide" });
    slide.setAttribute("aria-label", title || deck.dataset.name);
    if (title) slide.append(make("h2", { textContent: title }));
    body = make("div", { className: "body" });
    slide.append(body, make("p", { className: "foot" }));
    slide.notes = notes;
    deck.append(slide);
    slides.push(slide);
  };
  const next = () => { if (body.childElementCount) open(); };
  // Show as much of a block as fits, if that is at least so many rows, and go on with the rest.
  const cut = (block, least) => {
    const whole = cuttable(block);
    if (!whole) return false;
    const rest = block.cloneNode(true);
    let kept = whole.length;
    while (!fits(body) && kept >= least) whole.show(0, --kept);
    if (whole.length - kept === 1 && kept > least) whole.show(0, --kept);
    if (kept < least || kept === 0) { whole.show(0, whole.length); return false; }
    cuttable(rest).show(kept, whole.length);
    open();
    put(rest);
    return true;
  };
  const put = (block) => {
    if (block.classList.contains("alone")) {
      const before = [...body.children];
      if (before.length > 1 || before.some((one) => one.tagName !== "P" || one.textContent.length > 150)) next();
      body.parentElement.classList.add("wide");
      body.parentElement.classList.toggle("moving", Boolean(block.dataset.holds));
      body.append(block);
      const caption = block.querySelector("figcaption");
      const long = caption?.offsetHeight > 0.3 * HEIGHT && caption.textContent;
      caption?.classList.toggle("apart", Boolean(long));
      open();
      if (long && !block.dataset.holds) { put(make("p", { textContent: long })); open(); }
      return;
    }
    body.append(block);
    // A question and its answers stay together: they become smaller.
    const question = block.querySelector(".predict");
    if (fits(body) || (!question && cut(block, 3))) {
      if (question) next();
      return;
    }
    if (body.childElementCount > 1) {
      block.remove();
      open();
      body.append(block);
    }
    if (question) {
      next();
    } else if (fits(body)) {
      return;
    } else if (block.classList.contains("cell")) {
      block.remove();
      [...block.children].forEach(put);
    } else {
      cut(block, 1);
    }
  };
  for (const part of [...deck.querySelectorAll(".part")]) {
    const plan = part.querySelector(":scope > .notes");
    title = part.dataset.title;
    notes = plan?.innerHTML || "";
    plan?.remove();
    open();
    [...part.children].forEach(put);
    part.remove();
    if (!body.childElementCount) slides.pop().remove();
  }
  slides.forEach(size);
  return slides;
}

// A slide with few words has larger ones; a formula that is too wide, and it alone, becomes smaller.
function size(slide) {
  const body = slide.querySelector(".body");
  for (const formula of body.querySelectorAll(".formula, math[display=block]")) {
    for (let em = 1; formula.scrollWidth > body.clientWidth && em > 0.5; em -= 0.05) formula.style.fontSize = `${em}em`;
  }
  if (slide.classList.contains("wide")) return;
  const filled = () => [...body.children].reduce((sum, one) => Math.max(sum, one.offsetTop + one.offsetHeight), 0) - body.offsetTop;
  let em = 1;
  while (em < 1.45 && fits(body) && filled() < 0.62 * body.clientHeight) body.style.fontSize = `${(em += 0.05)}em`;
  while (em > 1 && !fits(body)) body.style.fontSize = `${(em -= 0.05)}em`;
  for (em = 1; !fits(body) && em > 0.74; em -= 0.02) body.style.fontSize = `${em}em`;
}

// A window of the speaker's own: what the plan says of the slide, what comes next, and the time.
function speaker(deck, slides) {
  const title = (slide) => slide ? slide.getAttribute("aria-label") : "the end";
  let view = null, begun = 0;
  const tell = (k) => {
    if (!view || view.closed) return;
    const { document: page } = view;
    page.getElementById("here").textContent = `${k + 1} / ${slides.length}  ${title(slides[k])}`;
    page.getElementById("plan").innerHTML = slides[k].notes || "<p>The plan has no notes here.</p>";
    page.getElementById("next").textContent = `Next: ${title(slides[k + 1])}`;
  };
  const clock = () => {
    if (!view || view.closed) return;
    view.document.getElementById("since").textContent = `Minute ${Math.floor((Date.now() - begun) / 60000)}`;
  };
  const open = () => {
    if (view && !view.closed) return view.focus();
    view = window.open("", "notes", "width=820,height=640");
    if (!view) return null;  // the browser lets no window open
    const page = view.document, root = document.documentElement;
    page.documentElement.lang = "en";
    Object.assign(page.documentElement.dataset, root.dataset);
    const sheet = Object.assign(page.createElement("link"), { rel: "stylesheet", href: new URL("slides.css", location.href).href });
    page.head.replaceChildren(sheet);
    page.title = `Notes: ${deck.dataset.name}`;
    page.body.innerHTML = '<main class="list speaker"><h1 id="here"></h1><div id="plan"></div><p id="next"></p><p id="since"></p></main>';
    begun = Date.now();
    clock();
    return view;
  };
  setInterval(clock, 5000);
  return { open, tell };
}

document.addEventListener("DOMContentLoaded", async () => {
  const deck = document.getElementById("deck"), place = document.getElementById("place");
  await document.fonts.ready;
  document.documentElement.classList.add("live");
  deck.querySelectorAll("details").forEach((details) => { details.open = true; });
  await Promise.all([...deck.querySelectorAll("img")].map((image) => image.decode().catch(() => {})));
  const slides = layOut(deck);
  deck.querySelectorAll("details").forEach((details) => { details.open = false; });
  placed();
  slides.forEach((slide, k) => {
    const title = slide.querySelector("h2")?.textContent;
    const words = [title && slide.classList.contains("wide") ? title : "", deck.dataset.name, `${k + 1} / ${slides.length}`];
    const foot = slide.querySelector(".foot");
    foot.textContent = words.filter(Boolean).join("  ·  ");
    slide.tabIndex = -1;
  });

  const notes = speaker(deck, slides);
  let now = 0;
  const asked = () => Math.min(Math.max(parseInt(location.hash.slice(1), 10) || 1, 1), slides.length) - 1;
  const show = (k, focus) => {
    now = k;
    slides.forEach((slide, i) => { slide.classList.toggle("now", i === k); });
    // An explorer that several slides show goes along, as it was left.
    const empty = slides[k].querySelector("[data-holds]:empty");
    if (empty) empty.append(document.getElementById(empty.dataset.holds));
    place.textContent = `Slide ${k + 1} of ${slides.length}`;
    notes.tell(k);
    if (focus) slides[k].focus({ preventScroll: true });
  };
  const go = (k) => {
    const to = Math.min(Math.max(k, 0), slides.length - 1);
    if (to !== now) location.hash = String(to + 1);
  };
  const fit = () => {
    const scale = Math.min(innerWidth / WIDTH, innerHeight / HEIGHT);
    deck.style.transform = `translate(${(innerWidth - WIDTH * scale) / 2}px, ${(innerHeight - HEIGHT * scale) / 2}px) scale(${scale})`;
  };
  const keys = {
    ArrowRight: 1, ArrowDown: 1, PageDown: 1, " ": 1, ArrowLeft: -1, ArrowUp: -1, PageUp: -1,
    Home: -Infinity, End: Infinity,
  };
  // These keep their keys, all but those that a clicker sends, until Esc.
  const FIELDS = "input, select, [contenteditable], .drc-stage[tabindex]";
  document.addEventListener("keydown", (event) => {
    const turn = keys[event.key], field = event.target.closest(FIELDS);
    if (event.key === "Escape" && slides[now].contains(event.target)) slides[now].focus({ preventScroll: true });
    if (!turn || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === " " && event.target.closest("button, a, summary")) return;
    if (field && !event.key.startsWith("Page")) return;
    event.preventDefault();
    go(now + (event.shiftKey && event.key === " " ? -1 : turn));
  });
  document.getElementById("before").onclick = () => go(now - 1);
  document.getElementById("after").onclick = () => go(now + 1);
  document.getElementById("notes").onclick = () => {
    if (notes.open() === null) place.textContent = "The browser blocked the window: allow pop-ups for this page.";
    notes.tell(now);
  };
  addEventListener("hashchange", () => show(asked(), true));
  addEventListener("resize", fit);
  fit();
  show(asked(), false);
  document.documentElement.classList.add("ready");
});

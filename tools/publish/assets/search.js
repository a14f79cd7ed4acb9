// The search: a dialog on every page. Texts and library are loaded when it is first opened, as scripts,
// so that pages opened as files have it as well; nothing is asked of any other address.
(() => {
  const GREEK = {
    α: "alpha", β: "beta", γ: "gamma", δ: "delta", ε: "epsilon", ϵ: "epsilon", ζ: "zeta", η: "eta",
    θ: "theta", ι: "iota", κ: "kappa", λ: "lambda", μ: "mu", ν: "nu", ξ: "xi", ο: "omicron", π: "pi",
    ρ: "rho", σ: "sigma", ς: "sigma", τ: "tau", υ: "upsilon", φ: "phi", ϕ: "phi", χ: "chi", ψ: "psi",
    ω: "omega", "√": "sqrt",
  };
  // So many results are shown, and so many letters of the text around the first word found.
  const MOST = 20, AROUND = 170;
  // A Greek letter is a word of its own, and so is a root: in ηλ stand eta and lambda. Most words are
  // plain letters, and are not looked at twice: all lessons are read when the search is first opened.
  const WORD = /[\p{L}\p{N}\p{M}√]+/gu, PLAIN = /^[a-z0-9]+$/i;
  const PART = /[\p{Script=Greek}√]|(?:(?![\p{Script=Greek}√])[\p{L}\p{N}\p{M}])+/gu;
  const plain = (word) => word.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const said = (word) => { const bare = plain(word); return GREEK[bare] || bare; };
  const words = (text) => {
    const found = [];
    for (const { 0: whole, index } of text.matchAll(WORD)) {
      if (PLAIN.test(whole)) { found.push([whole.toLowerCase(), index, index + whole.length]); continue; }
      for (const { 0: part, index: at } of whole.matchAll(PART)) {
        const word = said(part);
        if (word) found.push([word, index + at, index + at + part.length]);
      }
    }
    return found;
  };
  // What is joined by a hyphen is found as one word, too: zigzag and zig-zag.
  const joined = (text) => [...text.matchAll(/\p{L}+(?:-\p{L}+)+/gu)].map(([word]) => plain(word.replaceAll("-", "")));
  const spoken = (text) => words(text.replace(/\\(?=[a-z])/gi, " ")).map(([word]) => word);

  const make = (tag, properties, ...children) => {
    const element = Object.assign(document.createElement(tag), properties);
    element.append(...children);
    return element;
  };
  const load = (name) => new Promise((done, fail) => {
    const script = make("script", { src: name, onload: done, onerror: () => fail(new Error(name)) });
    document.head.append(script);
  });

  let engine = null, dialog = null, field, status, list;

  const ready = async () => {
    await Promise.all([load("minisearch.js"), load("sections.js")]);
    const made = new MiniSearch({
      fields: ["title", "terms", "page", "text"],
      storeFields: ["link", "page", "title", "text"],
      tokenize: (text) => [...spoken(text), ...joined(text)],
      processTerm: (term) => term,
      searchOptions: {
        tokenize: spoken,
        boost: { title: 4, terms: 3, page: 1.5 },
        prefix: (term, k, all) => k === all.length - 1 && term.length > 1,
        fuzzy: (term) => (term.length > 4 ? 0.2 : false),
        weights: { prefix: 0.6, fuzzy: 0.2 },
      },
    });
    await made.addAllAsync(window.SECTIONS.map(([link, page, title, terms, text], id) => ({ id, link, page, title, terms, text })), { chunkSize: 30 });
    engine = made;
  };

  // The text from a little before the first word found, with every word found marked.
  const marked = (text, found, from, to) => {
    const parts = [];
    let at = from;
    for (const [word, begin, end] of words(text)) {
      if (begin < from || end > to || !found.has(word)) continue;
      parts.push(text.slice(at, begin), make("mark", { textContent: text.slice(begin, end) }));
      at = end;
    }
    return [...parts, text.slice(at, to)];
  };
  const excerpt = (text, found) => {
    const first = words(text).find(([word]) => found.has(word));
    const wanted = Math.max(first ? first[1] - AROUND / 3 : 0, 0);
    const from = wanted ? text.indexOf(" ", wanted) + 1 : 0;
    const end = text.length - from > AROUND ? text.lastIndexOf(" ", from + AROUND) : text.length;
    return [from ? "… " : "", ...marked(text, found, from, end), end < text.length ? " …" : ""];
  };
  const result = ({ link, page, title, text, terms }) => {
    const found = new Set(terms);
    const anchor = make("a", { href: link },
      make("span", { className: "where", textContent: page }),
      make("strong", {}, ...marked(title, found, 0, title.length)),
      make("span", { className: "text" }, ...excerpt(text, found)));
    anchor.onclick = () => dialog.close();
    return make("li", {}, anchor);
  };

  const find = () => {
    const asked = field.value.trim();
    list.replaceChildren();
    if (!spoken(asked).length) { status.textContent = ""; return; }
    let found = engine.search(asked, { combineWith: "AND" }), told = "";
    if (!found.length && spoken(asked).length > 1) {
      found = engine.search(asked, { combineWith: "OR" });
      told = "No section has all of these words. ";
    }
    const count = found.length === 1 ? "1 section" : `${found.length} sections`;
    const some = found.length > MOST ? `${count}, the best ${MOST} shown` : count;
    status.textContent = found.length ? `${told}${told ? `${some} with some of them` : some}` :
      `Nothing was found for “${asked}”. Try another word, or look in the index.`;
    list.append(...found.slice(0, MOST).map(result));
  };

  const move = (event) => {
    const links = [...list.querySelectorAll("a")], at = links.indexOf(document.activeElement);
    if (event.key === "ArrowDown" && links.length) links[Math.min(at + 1, links.length - 1)].focus();
    else if (event.key === "ArrowUp" && at >= 0) (links[at - 1] || field).focus();
    // A field for searching takes the first Escape for itself, to empty it.
    else if (event.key === "Escape") dialog.close();
    else if (event.key === "Enter" && event.target === field) links[0]?.click();
    else return;
    event.preventDefault();
  };

  const build = () => {
    field = make("input", { type: "search", id: "find-words", autocomplete: "off", spellcheck: false, placeholder: "momentum, κ, kappa, bias correction …" });
    status = make("p", { className: "note" });
    status.setAttribute("role", "status");
    list = make("ol", {});
    const close = make("button", { type: "button", textContent: "Close", onclick: () => dialog.close() });
    const label = make("label", { htmlFor: "find-words", textContent: "Search all lessons" });
    dialog = make("dialog", { className: "search" }, make("div", { className: "ask" }, label, field, close), status, list);
    dialog.setAttribute("aria-label", "Search all lessons");
    dialog.addEventListener("keydown", move);
    dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
    field.addEventListener("input", () => { if (engine) find(); });
    document.body.append(dialog);
  };

  const open = async () => {
    if (!dialog) build();
    if (!dialog.open) dialog.showModal();
    field.select();
    if (engine) return;
    status.textContent = "The search is being loaded …";
    try { await ready(); find(); } catch (error) {
      status.textContent = `The search could not be loaded: ${error.message} is missing. The index leads to every section, too.`;
    }
  };

  document.addEventListener("DOMContentLoaded", () => {
    const button = document.getElementById("find");
    if (!button || !window.HTMLDialogElement) return;
    button.hidden = false;
    button.onclick = open;
    document.addEventListener("keydown", (event) => {
      // No single letter: someone who speaks to a computer would open the search by a word.
      const letter = event.key.toLowerCase() === "k" && (event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey;
      if (letter) { event.preventDefault(); open(); }
    });
  });
})();

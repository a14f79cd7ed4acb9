// One poll alone: a clock for the silence and for the pairs, and the answer when it is asked for.
document.addEventListener("DOMContentLoaded", () => {
  const find = (id) => document.getElementById(id);
  const polls = [...document.querySelectorAll(".poll")], bar = document.querySelector(".bar");
  const clock = find("clock"), told = find("told"), reveal = find("reveal");
  const SILENCE = 30, PAIRS = 120;  // seconds
  let now = null, ends = 0, ticking = 0, begun = 0;  // begun: how many of the two clocks ran

  const stop = () => { clearInterval(ticking); ticking = 0; clock.hidden = true; };
  const tick = () => {
    const left = Math.max(0, Math.ceil((ends - Date.now()) / 1000));
    clock.textContent = left ? `${Math.floor(left / 60)}:${String(left % 60).padStart(2, "0")}` : "Hands up";
    clock.classList.toggle("over", left === 0);
    if (left === 0 && ticking) { clearInterval(ticking); ticking = 0; told.textContent = "Hands up."; }
  };
  const start = (seconds) => {
    stop();
    begun = seconds === SILENCE ? 1 : 2;
    ends = Date.now() + 1000 * seconds;
    clock.hidden = false;
    ticking = setInterval(tick, 200);
    tick();
    told.textContent = `${seconds} seconds.`;
  };
  const open = (yes) => {
    now.querySelector("details").open = yes;
    reveal.setAttribute("aria-pressed", String(yes));
    reveal.textContent = yes ? "Hide the answer" : "Show the answer";
    now.querySelectorAll("[data-right]").forEach((one) => one.classList.toggle("shown", yes));
    if (yes) { stop(); told.textContent = now.querySelector("details p").textContent; }
  };
  const shown = () => now.querySelector("details").open;

  const show = () => {
    stop();
    if (now) open(false);
    let name = "";
    try { name = decodeURIComponent(location.hash.slice(1)); } catch { /* a stray % */ }
    const next = polls.find((poll) => poll.id === name) || null, left = now;
    if (now) now.classList.remove("now");
    now = next;
    begun = 0;
    document.body.classList.toggle("alone", Boolean(now));
    bar.hidden = !now;
    told.textContent = "";
    if (now) {
      now.classList.add("now");
      open(false);
      const at = polls.indexOf(now);
      find("before").disabled = at === 0;
      find("after").disabled = at === polls.length - 1;
      scrollTo(0, 0);
      now.focus({ preventScroll: true });
    } else if (left) {
      left.scrollIntoView();
      left.focus({ preventScroll: true });
    }
  };
  const turn = (by) => {
    const there = polls[polls.indexOf(now) + by];
    if (there) location.hash = there.id;
  };
  // What comes next in a class: silence, pairs, the answer, another poll.
  const onward = () => {
    if (shown()) turn(1); else if (begun === 0) start(SILENCE); else if (begun === 1) start(PAIRS); else open(true);
  };
  const back = () => { history.replaceState(null, "", location.pathname + location.search); show(); };

  find("list").onclick = back;
  find("before").onclick = () => turn(-1);
  find("after").onclick = () => turn(1);
  find("silence").onclick = () => start(SILENCE);
  find("pairs").onclick = () => start(PAIRS);
  reveal.onclick = () => open(!shown());
  const keys = {
    " ": onward, PageDown: onward, ArrowRight: () => turn(1), ArrowLeft: () => turn(-1),
    PageUp: () => turn(-1), Escape: back,
  };
  document.addEventListener("keydown", (event) => {
    if (!now || !keys[event.key] || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === " " && event.target.closest("button, a, summary")) return;
    event.preventDefault();
    keys[event.key]();
  });
  addEventListener("hashchange", show);
  show();
});

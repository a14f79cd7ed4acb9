// What makes a book of the pages: where one is, what opens for paper, and a first picture that moves.
(() => {
  const calm = matchMedia("(prefers-reduced-motion: reduce)");

  // The section in which one reads is marked in the contents: the last whose heading has been passed.
  const mark = () => {
    const links = [...document.querySelectorAll(".contents a[href^='#']")];
    const places = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
    let marked = null;
    const show = () => {
      const edge = innerHeight / 3;
      let now = null;
      places.forEach((place, k) => { if (place.getBoundingClientRect().top <= edge) now = links[k]; });
      if (now === marked) return;
      marked?.removeAttribute("aria-current");
      now?.setAttribute("aria-current", "location");
      marked = now;
      const box = now?.closest(".contents");
      if (box && box.scrollHeight > box.clientHeight) {
        const { top, bottom } = now.getBoundingClientRect(), around = box.getBoundingClientRect();
        if (top < around.top || bottom > around.bottom) box.scrollTop += top - around.top - box.clientHeight / 2;
      }
    };
    let asked = false;
    const soon = () => {
      if (asked) return;
      asked = true;
      requestAnimationFrame(() => { asked = false; show(); });
    };
    if (!links.length) return;
    addEventListener("scroll", soon, { passive: true });
    addEventListener("resize", soon);
    document.addEventListener("toggle", soon, true);
    show();
  };

  // On paper nothing is folded; afterwards it is as it was.
  let opened = [];
  addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("main details:not([open])")];
    for (const folded of opened) folded.open = true;
  });
  addEventListener("afterprint", () => { for (const folded of opened.splice(0)) folded.open = false; });

  // Where the picture is wider than the screen, its box goes along with the points, in so many ms.
  const ALONG = 3500;
  const follow = (stage, touched) => {
    const begun = performance.now(), way = stage.scrollWidth - stage.clientWidth;
    const go = (now) => {
      const share = Math.min(Math.max((now - begun) / ALONG, 0), 1);
      stage.scrollLeft = way * share * share * (3 - 2 * share);
      if (share < 1 && !touched()) requestAnimationFrame(go);
    };
    if (way > 1) requestAnimationFrame(go);
  };

  // The first picture of the front page plays from its start, once, unless the reader asked for less
  // motion or has touched it first. Its own button pauses it.
  const play = () => {
    const player = document.querySelector(".hero .player"), button = player?.querySelector(".play");
    if (!button || calm.matches) return;
    let touched = false;
    const touch = () => { touched = true; };
    for (const event of ["pointerdown", "keydown"]) player.addEventListener(event, touch, { once: true });
    new IntersectionObserver((seen, watch) => {
      if (!seen.at(-1).isIntersecting) return;
      watch.disconnect();
      if (touched) return;
      const step = player.querySelector(".drc-transport input");
      step.value = 0;
      step.dispatchEvent(new Event("input"));
      button.click();
      follow(player.querySelector(".drc-stage"), () => touched);
    }, { threshold: 0.3 }).observe(player.querySelector(".drc-player"));
  };

  document.addEventListener("DOMContentLoaded", mark);
  addEventListener("load", play);
})();

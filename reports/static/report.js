/* What the report does beside being read: language, ticks, copying, links into folded parts, print.
   Everything is there without it; it only adds. It never makes markup from text. */
"use strict";
(() => {
  const root = document.documentElement;
  const views = new Map([...document.querySelectorAll(".view")].map((view) => [view.lang, view]));
  const kept = (() => {
    // Storage may be forbidden for files; then nothing is remembered.
    try {
      const storage = window.localStorage;
      storage.getItem("");
      return {
        read: (key) => storage.getItem(key),
        write: (key, value) => {
          try {
            storage.setItem(key, value);
          } catch {
            /* full */
          }
        },
      };
    } catch {
      return { read: () => null, write: () => {} };
    }
  })();
  const PREFIX = "lancom-vpn-assistant.";

  /* Language ------------------------------------------------------------------------------- */

  const idPrefix = (view) => view.querySelector("main").id.replace(/findings$/, "");
  const bare = (id, view) => (id.startsWith(idPrefix(view)) ? id.slice(idPrefix(view).length) : id);

  const show = (lang) => {
    const view = views.get(lang);
    if (!view || root.lang === lang) return;
    const before = views.get(root.lang);
    const place = [...before.querySelectorAll("[id]")].find(
      (one) => one.getClientRects().length && one.getBoundingClientRect().bottom > 0,
    );
    const top = place && place.getBoundingClientRect().top;
    document.getElementById(`lang-${lang}`).checked = true;
    root.lang = lang;
    document.title = view.dataset.title;
    const there = place && document.getElementById(idPrefix(view) + bare(place.id, before));
    if (there && window.scrollY > 0) window.scrollBy(0, there.getBoundingClientRect().top - top);
    document.dispatchEvent(new CustomEvent("report:language", { detail: lang }));
  };

  for (const input of document.querySelectorAll("input[name=lang]")) {
    input.addEventListener("change", () => {
      const lang = input.id.slice("lang-".length);
      // The browser has checked it already, and style sheets follow it: `show` compares with `lang`.
      show(lang);
      kept.write(`${PREFIX}language`, lang);
    });
  }

  /* Links into what is folded or in the other language --------------------------------------- */

  const reveal = (element) => {
    for (let one = element; one; one = one.parentElement) {
      if (one.localName === "details") one.open = true;
      if (one.classList.contains("view")) show(one.lang);
    }
  };

  const follow = () => {
    const written = window.location.hash.slice(1);
    // Ids are ASCII; an address that cannot be decoded names none of them.
    const target = written && !written.startsWith("trace?") && document.getElementById(written);
    if (!target) return;
    reveal(target);
    target.scrollIntoView();
  };

  // Without a script these lead to the trace as a whole, with one to what they are about.
  for (const link of document.querySelectorAll("a[data-trace]")) {
    link.href = `#trace?${link.dataset.trace}`;
  }

  /* Ticks ---------------------------------------------------------------------------------- */

  const ticksKey = `${PREFIX}ticks.${root.dataset.report}`;
  const boxes = [...document.querySelectorAll("input[data-step]")];
  const ticked = new Set((kept.read(ticksKey) || "").split(" ").filter(Boolean));

  const showTicks = () => {
    for (const box of boxes) box.checked = ticked.has(box.dataset.step);
    for (const remedy of document.querySelectorAll(".remedy")) {
      const told = remedy.querySelector(".ticked");
      const done = remedy.querySelectorAll("input[data-step]:checked").length;
      told.hidden = done === 0;
      told.textContent = told.dataset.told.replace("#", String(done));
    }
  };

  for (const box of boxes) {
    box.addEventListener("change", () => {
      if (box.checked) ticked.add(box.dataset.step);
      else ticked.delete(box.dataset.step);
      kept.write(ticksKey, [...ticked].join(" "));
      showTicks();
    });
  }

  /* Copying -------------------------------------------------------------------------------- */

  const copy = async (text) => {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      // Older browsers give no clipboard to a file.
      const area = document.createElement("textarea");
      area.value = text;
      area.className = "hidden";
      document.body.append(area);
      area.select();
      const done = document.execCommand("copy");
      area.remove();
      return done;
    }
  };

  for (const block of document.querySelectorAll("pre.command, pre.request")) {
    const { copy: word, copied } = block.closest(".view").dataset;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "copy";
    button.textContent = word;
    button.addEventListener("click", async () => {
      if (!(await copy(block.textContent))) return;
      button.textContent = copied;
      setTimeout(() => (button.textContent = word), 2000);
    });
    const frame = document.createElement("div");
    frame.className = "copyable";
    block.replaceWith(frame);
    frame.append(block, button);
  }

  /* Print ---------------------------------------------------------------------------------- */

  let opened = [];
  window.addEventListener("beforeprint", () => {
    opened = [...document.querySelectorAll("details:not([open]):not(#trace)")];
    for (const one of opened) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of opened) one.open = false;
    opened = [];
  });

  /* Start ---------------------------------------------------------------------------------- */

  showTicks();
  // A browser that goes back in history keeps the radio that was checked.
  const checked = document.querySelector("input[name=lang]:checked");
  if (checked) show(checked.id.slice("lang-".length));
  const wanted = kept.read(`${PREFIX}language`);
  if (wanted) show(wanted);
  window.addEventListener("hashchange", follow);
  follow();
})();

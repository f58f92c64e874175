/* The filter of the triage page: its state is in the address, so a link shows the same rows. */
"use strict";
(() => {
  const START = "#triage?";
  const forms = [...document.querySelectorAll(".filter")];
  const fields = (form) => [...form.querySelectorAll("input, select")];

  const state = () => {
    const { hash } = window.location;
    return new URLSearchParams(hash.startsWith(START) ? hash.slice(START.length) : "");
  };

  const matches = (row, wanted) => {
    for (const [name, value] of wanted) {
      if (name === "q") {
        const text = row.textContent.toLowerCase();
        if (!value.toLowerCase().split(/\s+/).every((word) => text.includes(word))) return false;
      } else if (row.getAttribute(`data-${name}`) !== value) return false;
    }
    return true;
  };

  const apply = () => {
    const wanted = [...state()].filter(([, value]) => value);
    for (const form of forms) {
      for (const field of fields(form)) {
        if (field !== document.activeElement) field.value = state().get(field.name) || "";
      }
      const view = form.closest(".view");
      let shown = 0;
      const rows = view.querySelectorAll(".ticket");
      for (const group of view.querySelectorAll(".group")) {
        let any = false;
        for (const row of group.querySelectorAll(".ticket")) {
          const fits = matches(row, wanted);
          row.classList.toggle("none", !fits);
          any ||= fits;
          shown += fits;
        }
        group.classList.toggle("none", !any);
        if (wanted.length && any) group.open = true;
      }
      const told = form.querySelector(".filter-count");
      told.textContent = told.dataset.told
        .replace("##", String(rows.length))
        .replace("#", String(shown));
    }
  };

  for (const form of forms) {
    form.hidden = false;
    form.addEventListener("submit", (event) => event.preventDefault());
    form.addEventListener("input", () => {
      const next = new URLSearchParams();
      for (const field of fields(form)) if (field.value) next.set(field.name, field.value);
      // Typing makes no entry in the history for every letter.
      const text = String(next);
      window.history.replaceState(null, "", text ? `${START}${text}` : "#");
      apply();
    });
  }
  window.addEventListener("hashchange", () => {
    if (window.location.hash.startsWith(START) || !window.location.hash) apply();
  });
  apply();
})();

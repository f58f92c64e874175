/* The annotated trace: search, filters and links into what the page already holds as text.
   Without it the trace is a plain text that is complete. It never makes markup from text. */
"use strict";
(() => {
  const details = document.getElementById("trace");
  if (!details) return;
  const PAGE = 200;
  const TYPING_MS = 150;
  const KINDS = ["site", "class", "stage"];
  const part = (name) => document.getElementById(`trace-${name}`);
  const lang = () => document.documentElement.lang;

  let data; // What Python wrote beside the texts.
  let items; // Records and gaps in the order of the page.
  let matches = []; // Those that are shown, over all pages.
  let terms = []; // What of the search has to be marked.
  let page = 0;
  let asked = {}; // The filter: site, class, stage, q; and line, where a link leads to.

  const word = (key, holes = {}) =>
    data.words[lang()][key].replace(/\{([a-z]+)\}/g, (_, name) => holes[name]);
  const number = (value) => value.toLocaleString(lang());

  const make = (name, className, ...content) => {
    const element = document.createElement(name);
    if (className) element.className = className;
    element.append(...content);
    return element;
  };

  /* Reading ---------------------------------------------------------------------------------- */

  // A line of the plain text that begins with a number and a tab begins a record, one that begins
  // with a tab continues it.
  const textsOf = (plain) => {
    const found = [];
    for (const line of plain.split("\n")) {
      const tab = line.indexOf("\t");
      if (tab > 0) found.push({ line: Number(line.slice(0, tab)), lines: [line.slice(tab + 1)] });
      else if (tab === 0) found[found.length - 1].lines.push(line.slice(1));
    }
    return found;
  };

  const readSource = (block, source) => {
    const known = data.sources[source];
    let record = 0;
    let clock = 0;
    const add = (plain) => {
      for (const { line, lines } of textsOf(plain)) {
        const passed = known.times[record];
        if (passed !== null) clock += passed;
        items.push({
          source,
          line,
          text: lines.join("\n"),
          time: passed === null ? null : clock,
          class: data.classes[known.classes[record]],
          site: data.sites[known.sites[record]],
          stage: data.stages[known.stages[record]],
          pattern: known.patterns[record],
          cited: [],
        });
        record += 1;
      }
    };
    const from = items.length;
    let plain = "";
    for (const node of block.childNodes) {
      if (node.nodeType === Node.TEXT_NODE) {
        plain += node.data; // Browsers cut long texts into several nodes.
        continue;
      }
      add(plain);
      plain = "";
      items.push({ source, line: Number(node.dataset.line), gap: node });
    }
    add(plain);
    const records = items.slice(from).filter((one) => !one.gap);
    for (const [place, ...anchors] of known.cited) records[place].cited = anchors;
  };

  const read = () => {
    if (items) return;
    data = JSON.parse(part("data").textContent);
    items = [];
    part("plain").querySelectorAll("pre").forEach(readSource);
    part("plain").remove();
    part("app").hidden = false;
    listen();
  };

  /* The filter ------------------------------------------------------------------------------- */

  const tokenKind = (name) =>
    KINDS.find((kind) => ["de", "en"].some((one) => data.words[one][`token-${kind}`] === name));

  const saysStage = (stage, value) => stage.some((one) => one.toLowerCase().includes(value));

  // `!site:LAGER`, `"exact words"`, `word`; a quotation mark that is not closed reaches to the end.
  const parse = (text) => {
    const tests = [];
    const marked = [];
    for (const [, not, name, quoted, bare] of text.matchAll(
      /(!?)(?:([a-z]+):)?(?:"([^"]*)"?|([^\s"]+))/gi,
    )) {
      const kind = name && tokenKind(name.toLowerCase());
      const plain = quoted === undefined ? bare : quoted;
      const value = name && !kind ? `${name}:${plain}` : plain;
      if (!value) continue;
      const low = value.toLowerCase();
      let says;
      if (kind === "stage") says = (one) => saysStage(one.stage, low);
      else if (kind) says = (one) => one[kind].toLowerCase().includes(low);
      else {
        const escaped = value.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
        const pattern = new RegExp(escaped.replace(/\s+/g, "\\s+"), "i");
        says = (one) => pattern.test(one.text);
        if (!not) marked.push(pattern.source);
      }
      tests.push(not ? (one) => !says(one) : says);
    }
    return { tests, marked };
  };

  const isFiltered = () => KINDS.some((kind) => kind in asked) || Boolean(asked.q);

  const select = () => {
    const { tests, marked } = parse(asked.q || "");
    if ("site" in asked) tests.push((one) => one.site === asked.site);
    if ("class" in asked) tests.push((one) => one.class === asked.class);
    if ("stage" in asked) tests.push((one) => one.stage[0] === asked.stage);
    matches = isFiltered()
      ? items.filter((one) => !one.gap && tests.every((says) => says(one)))
      : items;
    terms = marked;
  };

  /* The address ------------------------------------------------------------------------------ */

  const hashOf = (state) => {
    const kept = Object.entries(state).filter(([name, value]) => name !== "q" || value);
    return kept.length ? `#trace?${new URLSearchParams(kept)}` : "#trace";
  };

  const fromHash = () => {
    if (!window.location.hash.startsWith("#trace?")) return null;
    const given = new URLSearchParams(window.location.hash.slice("#trace?".length));
    return Object.fromEntries([...given].filter(([name]) => [...KINDS, "q", "line"].includes(name)));
  };

  const remember = (replace) => {
    const hash = hashOf(asked);
    if (hash === window.location.hash) return;
    try {
      if (replace) window.history.replaceState(null, "", hash);
      else window.history.pushState(null, "", hash);
    } catch {
      /* A page without an address of its own has none to keep it in. */
    }
  };

  // `s1-27`: in the first source the record, or the gap, that contains line 27.
  const target = () => {
    const [, source, line] = /^s(\d{1,4})-(\d{1,9})$/.exec(asked.line || "") || [];
    if (!line) return null;
    let found = null;
    for (const one of items) {
      if (one.source === source - 1 && one.line <= Number(line)) found = one;
    }
    return found;
  };

  /* Showing ---------------------------------------------------------------------------------- */

  const marked = (text) => {
    if (!terms.length) return [text];
    const every = new RegExp(terms.join("|"), "gi");
    const pieces = [];
    let at = 0;
    for (const found of text.matchAll(every)) {
      pieces.push(text.slice(at, found.index), make("mark", "", found[0]));
      at = found.index + found[0].length;
    }
    return [...pieces, text.slice(at)];
  };

  // What stands between backticks in the knowledge base is code.
  const prose = (text) =>
    text.split("`").map((piece, place) => (place % 2 ? make("code", "", piece) : piece));

  const iso = (time) => new Date(time).toISOString();
  const dayOf = (one) => (data.sources[one.source].dated ? iso(one.time).slice(0, 10) : "");

  const duration = (ms) => {
    if (ms < 1000) return `${ms} ms`;
    const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 };
    if (ms < 10_000) return `${(ms / 1000).toLocaleString(lang(), digits)} s`;
    const seconds = Math.round(ms / 1000);
    const two = (value) => String(value).padStart(2, "0");
    if (seconds < 60) return `${seconds} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${two(seconds % 60)} s`;
    const minutes = Math.floor(seconds / 60);
    if (minutes < 1440) return `${Math.floor(minutes / 60)} h ${two(minutes % 60)} min`;
    return `${Math.floor(minutes / 1440)} d ${Math.floor((minutes % 1440) / 60)} h`;
  };

  const when = (one, above) => {
    const cell = make("td", "when");
    if (one.time === null) return cell;
    const before = above && above.source === one.source && !above.gap ? above.time : null;
    if (dayOf(one) && (before === null || dayOf(above) !== dayOf(one))) {
      cell.append(make("span", "trace-day", dayOf(one)), " ");
    }
    cell.append(iso(one.time).slice(11, 23));
    if (before !== null && one.time !== before) {
      const sign = one.time > before ? "+" : "\u2212";
      cell.append(" ", make("span", "delta", sign + duration(Math.abs(one.time - before))));
    }
    return cell;
  };

  const says = (one) => {
    const text = make("pre", "", ...marked(one.text));
    text.lang = "en";
    text.translate = false;
    const about = make("p", "meta");
    const stage = one.stage[lang() === "de" ? 1 : 2];
    if (one.site) about.append(make("bdi", "", one.site));
    if (one.class) about.append(make("span", "", one.class));
    if (stage) about.append(make("span", "", stage));
    return make("td", "says", text, about);
  };

  const means = (one, above) => {
    const cell = make("td", "means");
    const viewPrefix = document.querySelector(`.view[lang="${lang()}"] main`);
    const prefix = viewPrefix ? viewPrefix.id.replace(/findings$/, "") : "";
    one.cited.forEach((anchor, place) => {
      const several = one.cited.length > 1 ? ` ${place + 1}` : "";
      const link = make("a", "chip c-fault", word("evidence") + several);
      link.href = `#${prefix}${anchor}`;
      cell.append(link, " ");
    });
    if (one.pattern < 0) {
      cell.append(make("span", "quiet", word(one.pattern === -1 ? "unread" : "other")));
    } else if (above && above.pattern === one.pattern) {
      cell.append(make("span", "quiet", word("as-above")));
    } else {
      const meaning = data.patterns[one.pattern];
      const [told, badge] = lang() === "de" ? [meaning[0], meaning[2]] : [meaning[1], meaning[3]];
      cell.append(...prose(told));
      if (badge) cell.append(" ", make("span", "badge", badge));
    }
    return cell;
  };

  const row = (one, above) => {
    if (one.gap) {
      const told = [...one.gap.childNodes].map((node) => node.cloneNode(true));
      const cell = make("td", "", ...told);
      cell.colSpan = 4;
      return make("tr", "gap", cell);
    }
    const place = `s${one.source + 1}-${one.line}`;
    const link = make("a", "", number(one.line));
    link.href = `#trace?line=${place}`;
    link.setAttribute("aria-label", word("link", { n: one.line }));
    const line = make("th", "", link);
    line.scope = "row";
    const kind = one.cited.length ? "belongs" : one.pattern < 0 ? "beside" : "read";
    return make("tr", `trace-row ${kind}`, line, when(one, above), says(one), means(one, above));
  };

  const heading = (source) => {
    const title = data.sources[source].titles[lang() === "de" ? 0 : 1];
    const cell = make("th", "", title);
    cell.colSpan = 4;
    cell.scope = "rowgroup";
    return make("tr", "trace-source", cell);
  };

  const render = () => {
    const rows = [];
    const from = page * PAGE;
    const shown = matches.slice(from, from + PAGE);
    const wanted = target();
    let lit = null;
    shown.forEach((one, place) => {
      const above = shown[place - 1];
      if (data.sources.length > 1 && (!above || above.source !== one.source)) {
        rows.push(heading(one.source));
      }
      const made = row(one, above && above.source === one.source ? above : null);
      if (one === wanted) {
        made.classList.add("trace-here");
        lit = made;
      }
      rows.push(made);
    });
    part("rows").replaceChildren(...rows);
    part("log").hidden = !rows.length;
    const pages = Math.ceil(matches.length / PAGE);
    part("pages").hidden = pages < 2;
    part("before").disabled = page === 0;
    part("after").disabled = page >= pages - 1;
    const to = Math.min(from + PAGE, matches.length);
    const range = { from: number(from + 1), to: number(to), of: number(matches.length) };
    part("range").textContent = word("range", range);
    return lit;
  };

  const status = () => {
    const here = items.filter((one) => !one.gap).length;
    const left = data.sources.reduce((sum, one) => sum + one.left_out, 0);
    const n = matches.filter((one) => !one.gap).length;
    const holes = { n: number(n), of: number(here) };
    let told = word(isFiltered() ? "found" : "every", holes);
    if (left) told = word("left-out", { told, n: number(left) });
    part("status").textContent = n ? told : `${word("none")} ${told}`;
    part("all").hidden = !isFiltered();
  };

  const options = () => {
    const stageWord = (id) => data.stages.find(([one]) => one === id)[lang() === "de" ? 1 : 2];
    const values = {
      site: [...data.sites].sort(),
      class: [...data.classes].sort(),
      stage: data.stages.map(([id]) => id),
    };
    for (const kind of KINDS) {
      const every = new Option(word("any"), "*");
      // A link may ask for what is in no record; the reader has to see that it does.
      const known = values[kind].includes(asked[kind]) || !(kind in asked);
      const listed = known ? values[kind] : [...values[kind], asked[kind]];
      const made = listed.map((value) => {
        const named = kind === "stage" && value && known ? stageWord(value) : value;
        return new Option(named || word("no"), `=${value}`);
      });
      part(kind).replaceChildren(every, ...made);
      part(kind).value = kind in asked ? `=${asked[kind]}` : "*";
    }
  };

  const show = () => {
    select();
    const wanted = target();
    const place = wanted ? matches.indexOf(wanted) : 0;
    page = Math.floor(Math.max(0, place) / PAGE);
    status();
    return render();
  };

  /* What the reader does --------------------------------------------------------------------- */

  const ask = (state) => {
    asked = state;
    part("q").value = asked.q || "";
    options();
    return show();
  };

  const follow = () => {
    const given = fromHash();
    if (!given) {
      // Back to before the first filter; whoever looks something up elsewhere keeps his own.
      if (items && isFiltered() && ["", "#trace"].includes(window.location.hash)) ask({});
      return;
    }
    read();
    details.open = true;
    const lit = ask(given);
    const seen = lit || details;
    seen.scrollIntoView({ block: lit ? "center" : "start" });
    (lit ? lit.querySelector("a") || lit : details.querySelector("summary")).focus({
      preventScroll: true,
    });
  };

  const turn = (step) => {
    page += step;
    delete asked.line;
    render();
    part("app").scrollIntoView();
    // A button that is no longer of use loses the focus; the other one is beside it.
    const used = part(step < 0 ? "before" : "after");
    (used.disabled ? part(step < 0 ? "after" : "before") : used).focus({ preventScroll: true });
  };

  const listen = () => {
    let typed = 0;
    let isTyping = false;
    const search = () => {
      window.clearTimeout(typed);
      if (part("q").value === (asked.q || "")) return;
      asked = { ...asked, q: part("q").value };
      delete asked.line;
      // One step back leads to before the search, not to its last letter.
      remember(isTyping);
      isTyping = true;
      show();
    };
    part("q").addEventListener("input", () => {
      window.clearTimeout(typed);
      typed = window.setTimeout(search, TYPING_MS);
    });
    part("q").addEventListener("change", () => {
      search();
      isTyping = false;
    });
    for (const kind of KINDS) {
      part(kind).addEventListener("change", () => {
        const value = part(kind).value;
        asked = { ...asked, [kind]: value.slice(1) };
        if (value === "*") delete asked[kind];
        delete asked.line;
        remember(false);
        show();
      });
    }
    part("filter").addEventListener("submit", (event) => {
      event.preventDefault();
      search();
    });
    part("filter").addEventListener("reset", (event) => {
      event.preventDefault();
      ask({});
      remember(false);
      part("q").focus();
    });
    part("before").addEventListener("click", () => turn(-1));
    part("after").addEventListener("click", () => turn(1));
    document.addEventListener("report:language", () => {
      options();
      status();
      render();
    });
  };

  details.addEventListener("toggle", () => {
    if (!details.open || items) return;
    read();
    ask({});
  });
  document.addEventListener("click", (event) => {
    // A link to where one already is changes no address; one may have scrolled away, though.
    const link = event.target.closest && event.target.closest('a[href^="#trace?"]');
    if (link && link.hash === window.location.hash) follow();
  });
  window.addEventListener("hashchange", follow);
  follow();
})();

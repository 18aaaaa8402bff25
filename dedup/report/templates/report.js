// Shows one view at a time, searches, filters. Without it the page shows all views, one below the other.
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const one = (id) => document.getElementById(id);
  const counted = (n, noun, nouns = `${noun}s`) => `${n.toLocaleString("en")} ${n === 1 ? noun : nouns}`;
  const views = new Map(all("[data-view]").map((view) => [view.id, view]));
  const title = document.title;
  const trail = []; // whence each step was taken: the fragment and the link
  let current = null;

  // ---- What is packed: base64 of zlib

  async function unpacked(id) {
    const bytes = Uint8Array.from(atob(one(id).textContent), (letter) => letter.charCodeAt(0));
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).text();
  }

  const packed = new Set(one("packed").dataset.names.split(" "));
  let sections = null; // a promise of the packed sections, made when the first of them is asked for

  // Put the section of a name into the page, if it is packed: the name is its own or that of a place in it.
  async function bring(place) {
    const name = place.match(/^(?:story-\d+|pair-d\d+-d\d+|doc-d\d+)/)?.[0];
    if (views.has(name) || !packed.has(name)) return;
    sections ??= unpacked("packed").then((text) => new Map(text.trim().split("\n").map(JSON.parse)));
    const html = (await sections).get(name);
    if (views.has(name)) return;
    views.get("absent").insertAdjacentHTML("beforebegin", html);
    views.set(name, one(name));
  }

  // ---- Views

  async function show(move) {
    const id = location.hash.slice(1);
    await bring(id);
    if (id !== location.hash.slice(1)) return; // the reader has gone on
    const target = id ? one(id) : views.get("overview");
    const view = target?.closest("[data-view]") ?? views.get("absent");
    view.hidden = false;
    if (view !== current) {
      current?.classList.remove("on");
      view.classList.add("on");
      current = view;
      if (view.dataset.view === "story") filter(view);
    }
    // A small page is printed whole from its first view; otherwise what is seen is printed.
    document.documentElement.classList.toggle("whole", view.id === "overview" && !one("packed").dataset.names);
    const heading = view.querySelector("h2");
    document.title = `${heading.textContent.trim()} – ${title}`;
    for (const link of all(".top nav a")) {
      const here = link.hash === (view.dataset.view === "story" ? "#stories" : `#${view.id}`);
      if (here) link.setAttribute("aria-current", "page");
      else link.removeAttribute("aria-current");
    }
    if (move) settle(target ?? view, view, heading);
  }

  // Where the reader goes on: at the link from which he left, at the place asked for, or at the top of the view.
  function settle(target, view, heading) {
    const last = trail.at(-1);
    if (last && last.hash === location.hash) {
      trail.pop();
      if (last.link.checkVisibility()) return last.link.focus();
    }
    if (target === view) {
      scrollTo(0, 0);
      heading.tabIndex = -1;
      heading.focus({ preventScroll: true });
    } else {
      target.scrollIntoView({ block: "center" });
      if (target.tabIndex < 0 && !target.hasAttribute("tabindex")) target.tabIndex = -1;
      target.focus({ preventScroll: true });
    }
  }

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']");
    if (link?.classList.contains("skip")) {
      event.preventDefault();
      one("main").focus();
    } else if (link && !event.defaultPrevented) {
      trail.push({ hash: location.hash, link });
    }
  });
  addEventListener("hashchange", () => show(true));

  // ---- Filters of a story

  function filter(view) {
    const form = view.querySelector("[data-filter]");
    if (!form) return;
    const least = Number(form.querySelector("input[type=range]").value);
    const wanted = new Set(all("input:checked", form).map((box) => box.value));
    form.querySelector("output").textContent = least.toFixed(2);
    const edges = all(".edge", view);
    let shown = 0;
    for (const edge of edges) {
      const on = wanted.has(edge.dataset.relation) && Number(edge.dataset.confidence) >= least;
      edge.classList.toggle("off", !on);
      shown += on;
    }
    form.querySelector("[role=status]").textContent = `${shown} of ${counted(edges.length, "edge")} shown`;
  }

  document.addEventListener("input", (event) => {
    const form = event.target.closest("[data-filter]");
    if (form) filter(form.closest("[data-view]"));
  });
  document.addEventListener("submit", (event) => event.preventDefault());

  // A line of the table lights its node, and the other way round.
  function light(event) {
    const story = event.target.closest?.(".story");
    if (!story) return;
    for (const lit of all(".lit", story)) lit.classList.remove("lit");
    const key = event.target.closest("[data-node]")?.dataset.node ?? event.target.closest("[data-doc]")?.dataset.doc;
    if (!key || event.type === "mouseout" || event.type === "focusout") return;
    for (const twin of all(`[data-node="${key}"], .node[data-doc="${key}"]`, story)) twin.classList.add("lit");
  }
  for (const kind of ["mouseover", "mouseout", "focusin", "focusout"]) document.addEventListener(kind, light);

  // ---- The list of stories

  const fold = (text) => text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
  const list = one("story-list");
  if (list) {
    const body = list.tBodies[0];
    const form = one("story-filters");
    const rows = [...body.rows];
    const cell = (row, at) => row.cells[at].textContent.trim();
    const narrow = () => {
      const [text, relation, column, kind] = ["text", "relation", "with", "kind"].map((name) => form.elements[name].value);
      const words = fold(text).split(/\s+/).filter(Boolean);
      const fits = (row) => {
        const name = fold(cell(row, 0));
        return (
          words.every((word) => name.includes(word)) &&
          (!relation || cell(row, 8).split(", ").includes(relation)) &&
          (!column || cell(row, Number(column)) !== "0") &&
          (!kind || row.dataset.kind === kind)
        );
      };
      let shown = 0;
      for (const row of rows) {
        row.hidden = !fits(row);
        shown += !row.hidden;
      }
      one("story-count").textContent = `${shown.toLocaleString("en")} of ${counted(rows.length, "story", "stories")}`;
    };
    form.addEventListener("input", narrow);
    for (const head of all("th[data-sort]", list)) {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = head.textContent;
      head.replaceChildren(button);
      button.addEventListener("click", () => {
        const numbers = head.dataset.sort === "number";
        const down = head.getAttribute("aria-sort") ? head.getAttribute("aria-sort") === "ascending" : numbers;
        for (const other of all("th[aria-sort]", list)) other.removeAttribute("aria-sort");
        head.setAttribute("aria-sort", down ? "descending" : "ascending");
        const at = head.cellIndex;
        const value = (row) =>
          numbers ? Number(cell(row, at).replaceAll(",", "")) : row.cells[at].dataset.value ?? cell(row, at);
        const keyed = rows.map((row) => [value(row), row]);
        keyed.sort(([a], [b]) => (numbers ? a - b : a < b ? -1 : a > b ? 1 : 0) * (down ? -1 : 1));
        body.append(...keyed.map(([, row]) => row));
      });
    }
    narrow();
  }

  // ---- The search

  const field = one("find");
  const box = one("found");
  const results = one("found-list");
  const most = 30;
  let known = null; // a promise of all that can be found, made when it is first asked for

  async function learn() {
    const { publishers, documents } = JSON.parse(await unpacked("index"));
    const read = ([row, id, name, publisher, story]) => {
      const house = publisher ? publishers[publisher - 1] : "";
      const [own, tale] = [`doc-d${row}`, `story-${story}`].map(
        (place) => (views.has(place) || packed.has(place)) && `#${place}`,
      );
      return { id, name, house, place: own || tale, rank: own ? 0 : tale ? 1 : 2, text: fold(`${id} ${name} ${house}`) };
    };
    return documents.map(read).sort((a, b) => a.rank - b.rank);
  }

  function result(found) {
    const item = document.createElement("li");
    const line = document.createElement(found.place ? "a" : "span");
    if (found.place) line.href = found.place;
    const note = document.createElement("small");
    const where = ["", "its story", "not on this page"][found.rank];
    note.textContent = [found.name && found.id, found.house, where].filter(Boolean).join(" · ");
    line.append(found.name || found.id, note);
    item.append(line);
    return item;
  }

  async function search() {
    known ??= learn();
    const documents = await known;
    const words = fold(field.value).split(/\s+/).filter(Boolean);
    box.hidden = !words.length;
    if (!words.length) return;
    const hits = documents.filter(({ text }) => words.every((word) => text.includes(word)));
    results.replaceChildren(...hits.slice(0, most).map(result));
    const first = hits.length > most ? `, the first ${most} shown` : "";
    one("found-status").textContent = `${counted(hits.length, "document")} found${first}`;
  }

  function leave(empty) {
    if (empty) field.value = "";
    box.hidden = true;
  }

  field.addEventListener("input", search);
  field.addEventListener("focus", () => field.value && search());
  one("found").parentElement.addEventListener("keydown", (event) => {
    const links = all("a", results);
    const at = links.indexOf(document.activeElement);
    if (event.key === "Escape") {
      event.stopPropagation();
      leave(true);
      field.focus();
    } else if (event.key === "ArrowDown" && !box.hidden && links.length) {
      event.preventDefault();
      links[Math.min(at + 1, links.length - 1)].focus();
    } else if (event.key === "ArrowUp" && at >= 0) {
      event.preventDefault();
      (at ? links[at - 1] : field).focus();
    } else if (event.key === "Enter" && document.activeElement === field && !box.hidden && links.length) {
      event.preventDefault();
      links[0].click();
    }
  });
  results.addEventListener("click", (event) => event.target.closest("a") && setTimeout(() => leave(true)));
  document.addEventListener("click", (event) => event.target.closest(".finder") || leave(false));
  document.addEventListener("focusin", (event) => event.target.closest(".finder") || leave(false));

  // ---- Keys, colours, print

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, select, textarea");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      field.focus();
    } else if (event.key === "Escape" && !typing && trail.length) {
      history.back();
    }
  });

  const theme = one("theme");
  const dark = () =>
    (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light")) === "dark";
  theme.setAttribute("aria-pressed", String(dark()));
  theme.addEventListener("click", () => {
    document.documentElement.dataset.theme = dark() ? "light" : "dark";
    theme.setAttribute("aria-pressed", String(dark()));
  });

  addEventListener("beforeprint", () => all("details").forEach((part) => (part.open = true)));

  show(Boolean(location.hash)).then(() => {
    document.documentElement.dataset.ready = "yes";
    performance.mark("ready");
  });
})();

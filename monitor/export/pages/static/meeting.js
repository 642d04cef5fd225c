// A meeting's board: the stream sets verdicts, filters dim the rest, a tile opens its reason and the technician's form.
"use strict";
(() => {
  const { words, by, fill } = live;
  const meeting = document.querySelector("main").dataset.meeting;
  const tiles = [...document.querySelectorAll(".t")];
  const sites = { good: "person", fault: "fault", "": "nobody" };
  let filter = "";

  function name(tile) {
    const { dataset } = tile;
    const said = [words.verdicts[dataset.s]];
    if (dataset.r && dataset.s !== "ready") said.push(words.chips[dataset.r]);
    said.push({ good: words.site_good, fault: words.site_fault, "": words.site_none }[dataset.v]);
    if ("host" in dataset) said.push(words.is_host);
    tile.title = `${dataset.name}: ${said.join(", ")}`;
    tile.setAttribute("aria-label", tile.title);
  }
  function setTile(tile, [verdict, isBehind, site, rung, group, isDisputed]) {
    const { dataset } = tile;
    const before = [dataset.s, dataset.v].join();
    Object.assign(dataset, { s: verdict, v: site, r: rung, g: group });
    tile.toggleAttribute("data-b", Boolean(isBehind));
    if (isDisputed) dataset.d = "1"; else delete dataset.d;
    if (before === [verdict, site].join()) return;
    if (before.split(",")[0] !== verdict) field.setNew(tile, Math.floor(live.now() / 1000));
    tile.querySelector(".m").firstElementChild.setAttribute("href", `#s-${verdict}`);
    tile.querySelector(".e").firstElementChild.setAttribute("href", `#s-${sites[site]}`);
    name(tile);
  }

  // Filters: on a screen with room the others are dimmed, for places never move; on a phone they are gone.
  const matches = (tile) => {
    const at = filter.indexOf("=");
    return !filter || (tile.dataset[filter.slice(0, at)] ?? "") === filter.slice(at + 1);
  };
  function apply() {
    let count = 0;
    for (const tile of tiles) { const isIn = matches(tile); tile.toggleAttribute("data-off", !isIn); count += isIn; }
    document.body.toggleAttribute("data-filtered", filter !== "");
    document.querySelectorAll("[data-filter]").forEach((button) => button.setAttribute("aria-pressed", button.dataset.filter === filter));
    document.querySelectorAll(".block").forEach(setMore);
    return count;
  }
  function setMore(block) {
    const more = block.querySelector(".more");
    const inside = [...block.querySelectorAll(".t")];
    const ready = inside.filter((tile) => tile.dataset.s === "ready").length;
    const behind = inside.filter((tile) => "b" in tile.dataset).length;
    const key = ready && behind ? "show_ready_behind" : behind ? "show_behind" : "show_ready";
    more.hidden = !(ready || behind) || filter !== "";
    more.textContent = "all" in block.dataset ? words.show_less : fill(words[key], { ready, behind, count: ready || behind });
    more.setAttribute("aria-expanded", "all" in block.dataset);
    field.rove(block);
  }

  // On a wall what does not fit is out of sight: the heading says how many, beside those that the server left out.
  function countHidden() {
    const more = by("actions").querySelector(".title p");
    const rows = [...by("actions").querySelectorAll("li")];
    const hidden = rows.filter((row) => row.offsetLeft > rows[0].offsetLeft && getComputedStyle(row.parentElement).flexWrap === "wrap").length;
    const all = hidden + Number(more.dataset.more);
    more.dataset.note ??= more.textContent;
    live.put(more, all > 0 ? fill(words.actions_more, { count: all }) : more.dataset.note);
  }
  addEventListener("resize", countHidden);

  live.heed("tiles", (changed) => {
    for (const [id, values] of Object.entries(changed)) { const tile = field.tileOf(id); if (tile) setTile(tile, values); }
    apply();
    if (card.open && card.dataset.id in changed) open(card.dataset.id, true);
  });
  let said = by("verdict-said").textContent;
  live.heed("part", (id, part, before, focused) => {
    if (["counts", "chips", "actions"].includes(id)) apply();
    if (id === "actions") countHidden();
    if (focused) part.querySelector(`[data-filter="${CSS.escape(focused)}"]`)?.focus();
    if (id === "verdict" && by("verdict-said").textContent !== said) { said = by("verdict-said").textContent; by("said").textContent = part.textContent; }
  });

  const card = by("card");
  const path = (id) => `/meetings/${encodeURIComponent(meeting)}/endpoints/${encodeURIComponent(id)}`;
  const open = forms.dialog(card, path, words.card_failed);
  card.addEventListener("said", () => card.close());
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-filter]");
    const tile = event.target.closest(".t");
    const more = event.target.closest(".more");
    if (button) {
      filter = filter === button.dataset.filter ? "" : button.dataset.filter;
      by("said").textContent = fill(words.filtered, { count: apply() });
    } else if (tile) open(tile.dataset.id);
    else if (more) { const block = more.closest(".block"); block.toggleAttribute("data-all"); setMore(block); } else if (event.target === card) card.close();
  });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape" && filter && !card.open) { filter = ""; apply(); } });
  document.querySelectorAll(".block").forEach(setMore);
  countHidden();
  document.fonts.ready.then(countHidden);
})();

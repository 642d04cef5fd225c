// The province: the stream sets each tile's states and words; a tile opens what is known of it. CSS does the rest.
"use strict";
(() => {
  const { words, by, fill } = live;

  function setTile(tile, [state, endpoint, changed]) {
    const { dataset } = tile;
    field.setNew(tile, changed);
    if (dataset.s === state && dataset.e === endpoint) return;
    dataset.s = state;
    dataset.e = endpoint;
    const marks = tile.querySelectorAll("use");
    marks[0].setAttribute("href", `#s-${state}`);
    if (marks[1]) marks[1].setAttribute("href", endpoint === "up" ? "#s-ring" : `#s-${endpoint}`);
    let title = `${dataset.name}: ${words.states[state]}`;
    if (endpoint) title += ` · ${fill(dataset.n ? words.tile_endpoints : words.tile_endpoint, { count: dataset.n, state: words.states[endpoint] })}`;
    tile.title = title;
    tile.setAttribute("aria-label", title);
    if (card.open && card.dataset.id === dataset.id) open(dataset.id, true);
  }

  function setMore(block) {
    const more = block.querySelector(".more");
    const calm = (tile) => ["", "up", "standby"].includes(tile.dataset.e);
    const tiles = [...block.querySelectorAll(".t")];
    const up = tiles.filter((tile) => ["up", "standby"].includes(tile.dataset.s) && calm(tile)).length;
    const unreachable = tiles.filter((tile) => tile.dataset.s === "unreachable").length;
    const key = up && unreachable ? "show_both" : unreachable ? "show_unreachable" : "show_up";
    more.hidden = !(up || unreachable);
    more.textContent = "all" in block.dataset ? words.show_less : fill(words[key], { up, unreachable, count: up || unreachable });
    more.setAttribute("aria-expanded", "all" in block.dataset);
    field.rove(block);
  }

  live.heed("tiles", (tiles) => {
    const blocks = new Set();
    for (const [id, values] of Object.entries(tiles)) {
      const tile = field.tileOf(id);
      if (tile) { setTile(tile, values); blocks.add(tile.closest(".block")); }
    }
    blocks.forEach(setMore);
  });
  let sum = by("causes-sum")?.textContent;
  live.heed("part", (id, part) => {
    if (id !== "causes" || by("causes-sum").textContent === sum) return;
    sum = by("causes-sum").textContent;
    by("said").textContent = [sum, part.querySelector(".what b")?.textContent ?? ""].join(". ");
  });

  // one target in full
  const card = by("card");
  const open = forms.dialog(card, (id) => `/card/${encodeURIComponent(id)}`, words.card_failed);
  card.addEventListener("said", () => { card.querySelector(".say")?.remove(); open(card.dataset.id, true); });
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open], .t");
    if (opener) open(opener.dataset.open ?? opener.dataset.id);
    else if (event.target === card) card.close();
    const more = event.target.closest(".more");
    if (more) { const block = more.closest(".block"); block.toggleAttribute("data-all"); setMore(block); }
  });

  document.querySelectorAll(".block").forEach(setMore);
  matchMedia("(max-width: 720px)").addEventListener("change", () => document.querySelectorAll(".block").forEach(setMore));
})();

// A field of tiles: one stop of the keyboard a block, arrows inside; a ring for five minutes around what changed.
"use strict";
const field = (() => {
  const visible = (tiles) => tiles.filter((tile) => tile.offsetParent);
  const tileOf = (id) => document.querySelector(`.t[data-id="${CSS.escape(id)}"]`);

  function rove(block, chosen) {
    const tiles = [...block.querySelectorAll(".t")];
    const stop = chosen ?? tiles.find((tile) => tile.tabIndex === 0 && tile.offsetParent) ?? visible(tiles)[0];
    for (const tile of tiles) tile.tabIndex = tile === stop ? 0 : -1;
  }
  function setNew(tile, changed) {
    if (changed) tile.dataset.t = changed; else { tile.removeAttribute("data-t"); tile.removeAttribute("data-new"); }
  }
  const root = document.getElementById("field");
  root.addEventListener("keydown", (event) => {
    const tile = event.target.closest(".t");
    if (!tile || event.altKey || event.ctrlKey || event.metaKey) return;
    const block = tile.closest(".block");
    const tiles = visible([...block.querySelectorAll(".t")]);
    const at = tiles.indexOf(tile);
    const columns = getComputedStyle(tile.parentElement).gridTemplateColumns.split(" ").length;
    const to = { ArrowLeft: at - 1, ArrowRight: at + 1, ArrowUp: at - columns, ArrowDown: at + columns, Home: 0, End: tiles.length - 1 }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    if (!tiles[to]) return;
    rove(block, tiles[to]);
    tiles[to].focus();
  });
  root.addEventListener("focusin", (event) => { const tile = event.target.closest(".t"); if (tile) rove(tile.closest(".block"), tile); });
  live.heed("tick", (at) => {
    for (const tile of document.querySelectorAll(".t[data-t]")) {
      const since = at - tile.dataset.t;
      if (since >= 300) setNew(tile, 0); else if (tile.dataset.new !== (since < 60 ? "1" : "2")) tile.dataset.new = since < 60 ? 1 : 2;
    }
  });
  return { tileOf, rove, setNew };
})();

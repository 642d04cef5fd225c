// What is live: the stream sets states and parts, the clock and ages tick from the server's time. CSS does the rest.
"use strict";
(() => {
  const body = document.body;
  const root = document.documentElement;
  const language = root.lang;
  const words = JSON.parse(document.getElementById("words").textContent);
  const by = (id) => document.getElementById(id);
  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (whole, name) => values[name] ?? whole);
  const remember = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=strict`; };

  // time
  let ahead = Number(body.dataset.at) * 1000 - Date.now();
  const now = () => Date.now() + ahead;
  const zoned = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: body.dataset.zone, ...options });
  const time = zoned({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const day = zoned({ weekday: "short", day: "2-digit", month: "2-digit", year: "numeric" });
  const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];
  const age = (seconds) => {
    const [second, minute, hour, many] = words.units;
    const whole = Math.max(0, Math.floor(seconds));
    const part = (size) => Math.floor(whole / size);
    if (whole < 60) return `${whole} ${second}`;
    if (whole < 3600) return `${part(60)} ${minute}`;
    if (whole < 86400) return `${part(3600)} ${hour} ${String(Math.floor((whole % 3600) / 60)).padStart(2, "0")}`;
    return `${part(86400)} ${many} ${Math.floor((whole % 86400) / 3600)} ${hour}`;
  };
  const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };

  function tick() {
    const at = now();
    put(by("clock"), time.format(at));
    const date = Object.fromEntries(day.formatToParts(at).map((part) => [part.type, part.value]));
    put(by("date"), `${words.weekdays[weekdays.indexOf(date.weekday)]} ${date.day}/${date.month}/${date.year}`);
    for (const element of document.querySelectorAll(".age")) put(element, age(at / 1000 - element.dataset.t));
    for (const tile of document.querySelectorAll(".t[data-t]")) {
      const since = at / 1000 - tile.dataset.t;
      if (since >= 300) { tile.removeAttribute("data-new"); tile.removeAttribute("data-t"); } else if (tile.dataset.new !== (since < 60 ? "1" : "2")) tile.dataset.new = since < 60 ? 1 : 2;
    }
    if (Date.now() - heard > 10000) lose();
    setTimeout(tick, 1000 - (now() % 1000));
  }

  // tiles
  function setTile(tile, [state, endpoint, changed]) {
    const { dataset } = tile;
    if (changed) dataset.t = changed; else { tile.removeAttribute("data-t"); tile.removeAttribute("data-new"); }
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
    if (card.open && card.dataset.id === dataset.id) open(dataset.id);
  }
  const tileOf = (id) => document.querySelector(`.t[data-id="${CSS.escape(id)}"]`);

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
    rove(block);
  }

  // the stream
  let heard = Date.now();
  let stream;
  function lose() {
    if ("lost" in body.dataset) return;
    body.dataset.lost = "";
    by("lost").hidden = false;
    by("lost").querySelector("span").textContent = fill(words.lost, { time: time.format(heard + ahead) });
    const state = by("health").querySelector(".state");
    state.querySelector("b").textContent = words.monitor_lost;
    state.querySelector("use").setAttribute("href", "#s-unknown");
  }
  function hear(message) {
    heard = Date.now();
    const said = JSON.parse(message.data);
    if (said.layout !== body.dataset.layout) { location.reload(); return; }
    ahead = said.at * 1000 - heard;
    body.toggleAttribute("data-blind", said.blind !== null);
    if ("lost" in body.dataset) { delete body.dataset.lost; by("lost").hidden = true; }
    const blocks = new Set();
    for (const [id, values] of Object.entries(said.tiles ?? {})) {
      const tile = tileOf(id);
      if (tile) { setTile(tile, values); blocks.add(tile.closest(".block")); }
    }
    blocks.forEach(setMore);
    for (const [id, html] of Object.entries(said.parts ?? {})) {
      const part = by(id);
      if (!part) continue;
      const before = id === "causes" ? by("causes-sum")?.textContent : null;
      part.innerHTML = html;
      if (id === "causes" && by("causes-sum").textContent !== before) by("said").textContent = [by("causes-sum"), part.querySelector(".what b")].map((each) => each?.textContent ?? "").join(". ");
    }
  }
  function listen() {
    stream?.close();
    stream = new EventSource(`/api/v1/stream?parts=${language}`);
    stream.addEventListener("change", hear);
    stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 3000); });
  }

  // one target in full
  const card = by("card");
  async function open(id) {
    card.dataset.id = id;
    try {
      const answer = await fetch(`/card/${encodeURIComponent(id)}?lang=${language}`);
      if (!answer.ok) throw new Error(answer.status);
      card.innerHTML = await answer.text();
    } catch { card.textContent = words.card_failed; }
    if (!card.open) card.showModal();
  }
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-open], .t");
    if (opener) open(opener.dataset.open ?? opener.dataset.id);
    else if (event.target === card) card.close();
    const more = event.target.closest(".more");
    if (more) { const block = more.closest(".block"); block.toggleAttribute("data-all"); setMore(block); }
  });

  // the keyboard: one stop a block, arrows inside
  const visible = (tiles) => tiles.filter((tile) => tile.offsetParent);
  function rove(block, chosen) {
    const tiles = [...block.querySelectorAll(".t")];
    const stop = chosen ?? tiles.find((tile) => tile.tabIndex === 0 && tile.offsetParent) ?? visible(tiles)[0];
    for (const tile of tiles) tile.tabIndex = tile === stop ? 0 : -1;
  }
  by("field").addEventListener("keydown", (event) => {
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
  by("field").addEventListener("focusin", (event) => { const tile = event.target.closest(".t"); if (tile) rove(tile.closest(".block"), tile); });

  // light or dark
  const theme = by("theme");
  const isDark = () => getComputedStyle(root).colorScheme !== "light";
  const nameTheme = () => { theme.textContent = isDark() ? words.light : words.dark; };
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; remember("theme", root.dataset.theme); nameTheme(); });
  theme.hidden = false;
  nameTheme();
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", nameTheme);

  document.querySelectorAll(".block").forEach(setMore);
  matchMedia("(max-width: 720px)").addEventListener("change", () => document.querySelectorAll(".block").forEach(setMore));
  document.addEventListener("visibilitychange", () => { if (!document.hidden && stream.readyState === EventSource.CLOSED) listen(); });
  tick();
  listen();
})();

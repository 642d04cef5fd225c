// What every page has: the stream that keeps it true, the clock and the ages by the server's time, light or dark.
"use strict";

// How spans, countdowns and counts are said, for what a page goes on saying by itself. monitor/words/voice.py says the same, and a test
// holds both to one table.
const voice = (language, units) => {
  const [second, minute, hour, day] = units;
  const numbers = new Intl.NumberFormat(language, { useGrouping: "min2" });
  const plurals = new Intl.PluralRules(language);
  const halfUp = (number) => Math.floor(number + 0.5);
  const two = (number) => String(number).padStart(2, "0");

  const duration = (seconds) => {
    if (seconds < 59.5) return seconds > 0 && seconds < 0.5 ? `<1 ${second}` : `${Math.max(0, halfUp(seconds))} ${second}`;
    const minutes = halfUp(seconds / 60);
    if (minutes < 60) return `${minutes} ${minute}`;
    if (minutes < 1440) return `${Math.floor(minutes / 60)} ${hour}${minutes % 60 ? ` ${two(minutes % 60)}` : ""}`;
    const hours = halfUp(seconds / 3600);
    return `${numbers.format(Math.floor(hours / 24))} ${day}${hours % 24 ? ` ${hours % 24} ${hour}` : ""}`;
  };
  const countdown = (seconds) => {
    const whole = Math.max(0, Math.ceil(seconds));
    if (whole >= 86400) return duration(whole);
    const minutes = `${two(Math.floor((whole % 3600) / 60))}:${two(whole % 60)}`;
    return whole < 3600 ? minutes : `${Math.floor(whole / 3600)}:${minutes}`;
  };
  const plural = (count, forms) => {
    const parts = forms.split("|");
    return parts[plurals.select(count) === "one" ? 0 : parts.length - 1].replace("#", numbers.format(count));
  };
  // {name} is a value, {name:# point|# points} the form that a count takes.
  const fill = (text, values) =>
    text.replace(/\{(\w+)(?::([^}]*))?\}/g, (whole, name, forms) => (forms ? plural(values[name], forms) : (values[name] ?? whole)));
  return { duration, countdown, fill };
};

const live = (() => {
  const body = document.body;
  const root = document.documentElement;
  const words = JSON.parse(document.getElementById("words").textContent);
  const by = (id) => document.getElementById(id);
  const { duration, countdown, fill } = voice(root.lang, words.units);
  const put = (element, text) => { if (element.textContent !== text) element.textContent = text; };
  const remember = (name, value) => { document.cookie = `${name}=${value}; path=/; max-age=31536000; samesite=strict`; };
  const heeding = { tiles: [], part: [], tick: [] };

  // time
  let ahead = Number(body.dataset.at) * 1000 - Date.now();
  const now = () => Date.now() + ahead;
  const zoned = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: body.dataset.zone, ...options });
  const time = zoned({ hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });
  const day = zoned({ weekday: "short", day: "2-digit", month: "2-digit", year: "numeric" });
  const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

  function tick() {
    const at = now();
    put(by("clock"), time.format(at));
    const date = Object.fromEntries(day.formatToParts(at).map((part) => [part.type, part.value]));
    put(by("date"), `${words.weekdays[weekdays.indexOf(date.weekday)]} ${date.day}/${date.month}/${date.year}`);
    for (const element of document.querySelectorAll(".age")) put(element, duration(Math.floor(at / 1000) - element.dataset.t));
    for (const element of document.querySelectorAll(".until")) put(element, countdown(element.dataset.t - at / 1000));
    heeding.tick.forEach((heed) => heed(at / 1000));
    if (Date.now() - heard > 10000) lose();
    setTimeout(tick, 1000 - (now() % 1000));
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
    if (said.tiles) heeding.tiles.forEach((heed) => heed(said.tiles));
    for (const [id, html] of Object.entries(said.parts ?? {})) {
      const part = by(id);
      if (!part) continue;
      const before = part.textContent;
      const focused = part.contains(document.activeElement) ? document.activeElement.dataset.filter : undefined;
      part.innerHTML = html;
      heeding.part.forEach((heed) => heed(id, part, before, focused));
    }
  }
  function listen() {
    stream?.close();
    stream = new EventSource(`/api/v1/stream?${body.dataset.stream}&parts=${root.lang}`);
    stream.addEventListener("change", hear);
    stream.addEventListener("error", () => { if (stream.readyState === EventSource.CLOSED) setTimeout(listen, 3000); });
  }

  // light or dark
  const theme = by("theme");
  const isDark = () => getComputedStyle(root).colorScheme !== "light";
  const nameTheme = () => { theme.textContent = isDark() ? words.light : words.dark; };
  theme.addEventListener("click", () => { root.dataset.theme = isDark() ? "light" : "dark"; remember("theme", root.dataset.theme); nameTheme(); });
  theme.hidden = false;
  nameTheme();
  matchMedia("(prefers-color-scheme: light)").addEventListener("change", nameTheme);

  document.addEventListener("visibilitychange", () => { if (!document.hidden && stream?.readyState === EventSource.CLOSED) listen(); });
  // A page that is gone back to is as it was left, its stream closed.
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });
  // Scripts are deferred: each has told what it heeds by then.
  document.addEventListener("DOMContentLoaded", () => { tick(); listen(); });
  return { words, by, fill, put, now, heed: (what, heed) => heeding[what].push(heed) };
})();

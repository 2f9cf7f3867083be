// Keeps "Odoo 14 s ago" true while the page lies open. Counts from when the part arrived, not from the local clock,
// which may be wrong.

const UNITS = [["d", 86400], ["h", 3600], ["min", 60], ["s", 1]];
const FRESH_S = 60;
const AGING_S = 300;
const words = document.documentElement.dataset;
const sentences = { s: words.agoS, min: words.agoMin, h: words.agoH, d: words.agoD };
const arrivals = new WeakMap();

function write(age) {
  const [unit, size] = UNITS.find(([, s]) => age >= s) ?? UNITS[3];
  return sentences[unit].replace("{n}", Math.floor(age / size));
}

function tick() {
  if (document.hidden) return;
  const now = performance.now();
  for (const time of document.querySelectorAll("time[data-age]")) {
    if (!arrivals.has(time)) arrivals.set(time, now - Number(time.dataset.age) * 1000);
    const age = Math.floor((now - arrivals.get(time)) / 1000);
    const text = write(age);
    if (time.textContent !== text) time.textContent = text;
    time.closest(".age").dataset.state = age < FRESH_S ? "fresh" : age < AGING_S ? "aging" : "stale";
  }
}

tick();
setInterval(tick, 1000);
document.addEventListener("htmx:afterSwap", tick);
document.addEventListener("visibilitychange", tick);

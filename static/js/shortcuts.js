// Single keys move about the page. They rest while someone types, and a switch turns them off for good (WCAG 2.1.4).

const KEPT = "deskglass-shortcuts-off";
const dialog = document.getElementById("shortcuts");
const onSwitch = document.getElementById("shortcuts-on");
const PANELS = { o: "order-header", l: "panel-lines", s: "panel-shipments", c: "panel-customer", i: "panel-invoices", t: "panel-timeline" };
let waitingForSecondKey = false;

const isOff = () => localStorage.getItem(KEPT) === "1";

if (onSwitch) {
  onSwitch.checked = !isOff();
  onSwitch.addEventListener("change", () => {
    if (onSwitch.checked) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, "1");
  });
}

function openHelp() {
  document.getElementById("user-menu")?.removeAttribute("open");
  dialog?.showModal();
}
document.querySelector("[data-open-shortcuts]")?.addEventListener("click", openHelp);

function focusSearch() {
  const box = document.getElementById("home-q") ?? document.getElementById("q");
  box?.focus();
  box?.select();
}

function goTo(id) {
  const place = document.getElementById(id);
  place?.focus({ preventScroll: true });
  place?.scrollIntoView({ block: "start" });
}

function step(by) {
  const rows = [...document.querySelectorAll("main [data-row], #case-queue [data-row]")].filter((row) => row.checkVisibility());
  const places = rows.length ? rows : [...document.querySelectorAll("#order-header, .panel[id]")];
  if (!places.length) return;
  const place = document.activeElement.closest("[data-row], .panel[id], #order-header");
  const at = places.indexOf(place ?? document.querySelector("#case-queue [aria-current]"));
  const next = places[Math.min(places.length - 1, Math.max(0, at + by))];
  next.focus({ preventScroll: true });
  next.scrollIntoView({ block: rows.length ? "nearest" : "start" });
}

const isTyping = (el) => el.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(el.tagName);

document.addEventListener("keydown", (event) => {
  const key = event.key.toLowerCase();
  if (key === "k" && (event.ctrlKey || event.metaKey) && !event.altKey) {
    event.preventDefault();
    focusSearch();
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || dialog?.open || isOff() || isTyping(event.target)) return;

  if (waitingForSecondKey) {
    waitingForSecondKey = false;
    if (key === "q") document.querySelector(".wordmark")?.click();
    return;
  }
  if (key === "/") focusSearch();
  else if (key === "?") openHelp();
  else if (key === "j") step(1);
  else if (key === "k") step(-1);
  else if (key === "r" && document.getElementById("order-header")) location.reload();
  else if (key === "g") {
    waitingForSecondKey = true;
    setTimeout(() => { waitingForSecondKey = false; }, 1200);
  } else if (key in PANELS) goTo(PANELS[key]);
  else return;
  event.preventDefault();
});

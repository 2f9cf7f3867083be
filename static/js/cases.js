// Keys of queues and cases, keeping a note with Ctrl+Enter, and the seconds left for an undo.

const KEPT = "deskglass-shortcuts-off";
const isTyping = (el) => el.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(el.tagName);
const focusedRow = () => document.activeElement?.closest(".case-row");

function tick(row) {
  const box = row.querySelector("input[type=checkbox]");
  if (box) box.checked = !box.checked;
}

function takeRow(row) {
  const form = document.getElementById("queue-form");
  const box = row.querySelector("input[type=checkbox]");
  if (!form || !box) return;
  box.checked = true;
  form.elements.to.value = "me";
  form.requestSubmit();
}

function use(place) {
  if (place.tagName === "DETAILS") {
    place.open = true;
    place.querySelector("form button, form select, form input:not([type=hidden])")?.focus();
  } else if (place.tagName === "TEXTAREA") {
    place.focus();
    place.scrollIntoView({ block: "nearest" });
  } else (place.closest("summary") ?? place).click();
}

// Before the page's other keys: a case's own letters win where a case is shown.
document.addEventListener("keydown", (event) => {
  if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
    const form = event.target.closest?.("[data-mod-enter]");
    if (!form) return;
    event.preventDefault();
    form.requestSubmit();
    return;
  }
  if (event.key === "Escape") {
    const open = event.target.closest?.("details.tool[open]");
    if (open) {
      open.open = false;
      open.querySelector("summary").focus();
    }
    return;
  }
  const key = event.key.toLowerCase();
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
  if (localStorage.getItem(KEPT) === "1" || document.getElementById("shortcuts")?.open) return;
  const row = focusedRow();
  if (row && key === "x") tick(row);
  else if (row && key === "a") takeRow(row);
  else if (row && key === "z") row.querySelector("a")?.click();
  else {
    const place = /^[a-z]$/.test(key) && document.querySelector(`main [data-key="${key}"]`);
    if (!place || key === "g") return;
    use(place);
  }
  event.preventDefault();
  event.stopImmediatePropagation();
}, { capture: true });

// One menu of tools at a time, and none once somebody works elsewhere.
document.addEventListener("click", ({ target }) => {
  for (const open of document.querySelectorAll("details.tool[open]")) if (!open.contains(target)) open.open = false;
});

// The offer to undo ends after its seconds, which do not run while somebody is on it (WCAG 2.2.1).
function countDown() {
  const offer = document.querySelector("[data-undo]:not([data-counting])");
  if (!offer) return;
  offer.dataset.counting = "";
  let left = Number(offer.dataset.undo);
  const shown = offer.querySelector("[data-undo-left]");
  const timer = setInterval(() => {
    if (!offer.isConnected) return clearInterval(timer);
    if (offer.matches(":focus-within, :hover")) return;
    left -= 1;
    if (shown) shown.textContent = left > 0 ? ` ${left} s` : "";
    if (left <= 0) {
      clearInterval(timer);
      delete offer.dataset.undo;
    }
  }, 1000);
}
countDown();
document.addEventListener("htmx:afterSettle", countDown);

/* A masked value opens a dialog that says why; for a reason the value takes the mask's place until its time is over. */
const dialog = document.getElementById("field-dialog");
const body = document.getElementById("field-dialog-body");
let asked = null;
let counter = 0;

async function explain(mask) {
  asked = mask;
  mask.id ||= `masked-${(counter += 1)}`;
  mask.setAttribute("aria-busy", "true");
  try {
    await window.htmx.ajax("GET", mask.getAttribute("href"), { target: body, swap: "innerHTML" });
  } finally {
    mask.removeAttribute("aria-busy");
  }
  const form = body.querySelector("[data-reveal-form]");
  form?.setAttribute("hx-target", `#${mask.id}`);
  if (!dialog.open) dialog.showModal();
  form?.querySelector("select").focus();
}

document.addEventListener("click", (event) => {
  const mask = event.target.closest("a.masked");
  if (!mask || !dialog || !window.htmx || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  explain(mask);
});

/* Refusals come back as the same form with a sentence in it: they stay in the dialog. */
document.addEventListener("htmx:beforeSwap", (event) => {
  const form = event.detail.requestConfig?.elt;
  if (!form?.matches?.("[data-reveal-form]")) return;
  if (event.detail.xhr.status < 400) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
  event.detail.target = body;
  event.detail.swapOverride = "innerHTML";
});

document.addEventListener("htmx:afterSettle", (event) => {
  if (event.target.id === "field-dialog-body" || event.detail.elt === body) {
    body.querySelector("[data-reveal-form]")?.setAttribute("hx-target", `#${asked?.id}`);
    return;
  }
  const shown = event.detail.elt?.closest?.(".revealed") ?? event.target.closest?.(".revealed");
  if (!shown || !dialog.open) return;
  dialog.close();
  body.replaceChildren();
  shown.focus();
});

dialog?.addEventListener("close", () => {
  body.replaceChildren();
  if (asked?.isConnected) asked.focus();
});

/* If the server cannot be asked when the time is over, the value goes all the same. */
for (const failure of ["htmx:sendError", "htmx:responseError", "htmx:timeout"]) {
  document.addEventListener(failure, (event) => {
    const shown = event.target.closest?.(".revealed");
    if (shown) {
      const gone = document.createElement("span");
      gone.className = "masked";
      gone.textContent = "••••";
      shown.replaceWith(gone);
    }
  });
}

// Says in the status region what changed, keeps the focus where it was, and shows a failed read as failed.

const status = document.getElementById("status");
let focusedId = "";

document.addEventListener("htmx:beforeSwap", () => {
  focusedId = document.activeElement?.id ?? "";
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  const panel = detail.elt.closest?.("[data-announce]");
  if (panel && status && detail.requestConfig?.triggeringEvent?.type !== "load") status.textContent = panel.dataset.announce;
  if (focusedId && document.activeElement === document.body) document.getElementById(focusedId)?.focus({ preventScroll: true });
});

for (const failure of ["htmx:responseError", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(failure, ({ detail }) => {
    if (status) status.textContent = status.dataset.failed;
    const panel = detail.elt.closest?.(".panel");
    panel?.setAttribute("data-failed", "");
    panel?.removeAttribute("aria-busy");
  });
}

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  detail.elt.closest?.(".panel")?.removeAttribute("data-failed");
});

// One listener for every copy button, also those that arrive later.

const status = document.getElementById("status");

document.addEventListener("click", async ({ target }) => {
  const button = target.closest("[data-copy]");
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.dataset.done = "";
  if (status) status.textContent = `${status.dataset.copied}: ${button.dataset.copy}`;
  setTimeout(() => delete button.dataset.done, 1200);
});

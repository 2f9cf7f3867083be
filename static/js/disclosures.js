// The menu and the sheets of the lines close on a click elsewhere and on Escape, which gives the focus back.

const OPEN = "#user-menu[open], .line-stock[open]";

document.addEventListener("click", ({ target }) => {
  for (const found of document.querySelectorAll(OPEN)) if (!found.contains(target)) found.open = false;
});

document.addEventListener("keydown", ({ key }) => {
  if (key !== "Escape") return;
  for (const found of document.querySelectorAll(OPEN)) {
    found.open = false;
    found.querySelector("summary").focus();
  }
});

// Theme and density change at once and are saved in the background; language and time zone need the page anew.

document.documentElement.classList.add("js");

const form = document.querySelector("[data-preferences]");

async function save() {
  const body = new FormData(form);
  const answer = await fetch(form.action, { method: "POST", body, headers: { "HX-Request": "true" } });
  return answer.ok;
}

if (form) {
  form.addEventListener("change", async ({ target }) => {
    if (target.name === "theme" || target.name === "density") {
      document.documentElement.dataset[target.name] = target.value;
      await save().catch(() => false); // the look has changed already; the next page may show the old one
      return;
    }
    form.requestSubmit();
  });

  const offer = form.querySelector("[data-browser-zone]");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (offer && zone && zone !== form.elements.time_zone.value) {
    offer.querySelector("[data-zone-name]").textContent = zone;
    offer.hidden = false;
    offer.addEventListener("click", () => {
      form.elements.time_zone.value = zone;
      form.requestSubmit();
    });
  }
}

// The window beside the frame: whoever is signed in here agrees, and the frame that opened it gets a code for one use.

const place = document.getElementById("go-on");
const button = place?.querySelector("[data-go-on]");
const lost = place?.querySelector("[data-lost]");
let asked = null;

addEventListener("message", (event) => {
  if (!button || event.origin !== location.origin || event.source !== window.opener) return;
  if (event.data?.type !== "deskglass:challenge") return;
  asked = event.data;
  button.disabled = false;
  button.focus();
});

async function goOn() {
  button.disabled = true;
  const body = new URLSearchParams({ challenge: asked.challenge, origin: asked.origin });
  const answer = await fetch(place.dataset.code, { method: "POST", body, headers: { "X-CSRFToken": place.dataset.token } }).catch(() => null);
  if (!answer?.ok || !window.opener) {
    lost.hidden = false;
    return;
  }
  const { code } = await answer.json();
  window.opener.postMessage({ type: "deskglass:code", code }, location.origin);
  window.close();
}

if (button) {
  button.addEventListener("click", goOn);
  if (window.opener) window.opener.postMessage({ type: "deskglass:hello" }, location.origin);
  else lost.hidden = false;
}

// A person in a frame: signs in through a window beside it, holds the bearer in memory alone, and shows the ticket.

const page = document.body.dataset;
const base = page.base;
const byId = (id) => document.getElementById(id);
const [view, door, drawer, drawerBody] = ["view", "door", "drawer", "drawer-body"].map(byId);
const IN_DRAWER = /^\/(cases\/(\d+\/)?(refund|return|replacement|exchange)|actions\/[0-9a-f-]{36})\/$/;

// What the tool signed for this page is good for one exchange: out of the page, into memory.
let launch = page.launch;
delete page.launch;
let bearer = "";
let renewing = 0;
let renewAt = 0;
let parent = "";
let ticket = null; // as the tool says
let shown = null; // of which the page tells
let waiting = null; // the window in which somebody signs in

const encode = (bytes) => btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

async function post(name, values = {}) {
  const headers = bearer ? { Authorization: `Bearer ${bearer}` } : {};
  return fetch(base + name, { method: "POST", body: new URLSearchParams(values), headers, credentials: "omit" });
}

async function take(answer) {
  const { token, expires_in: seconds } = await answer.json();
  bearer = token;
  renewAt = Date.now() + (seconds - 120) * 1000;
  clearTimeout(renewing);
  renewing = setTimeout(renew, (seconds - 120) * 1000);
}

async function renew() {
  if (!bearer || document.hidden) return; // looked at again when somebody is there to see it
  const answer = await post("renew/").catch(() => null);
  if (answer?.ok) await take(answer);
  else leave();
}

document.addEventListener("visibilitychange", () => {
  if (!document.hidden && bearer && Date.now() >= renewAt) renew();
});

function leave() {
  clearTimeout(renewing);
  bearer = "";
  shown = null;
  view.replaceChildren();
  drawerBody.replaceChildren();
  if (drawer.open) drawer.close();
  door.hidden = false;
}

function complain(requestId) {
  const problem = door.querySelector("[data-door-problem]");
  problem.hidden = false;
  problem.querySelector("[data-door-request]").textContent = requestId ?? "";
}

// --- Signing in: the window gets the hash of a number that only this frame knows, and the code is worth nothing without it.

async function signIn() {
  door.querySelector("[data-door-problem]").hidden = true;
  const verifier = encode(crypto.getRandomValues(new Uint8Array(32)));
  const opened = window.open(`${base}sign-in/`, "_blank", "popup,width=460,height=640");
  if (!opened) return complain();
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier));
  waiting = { opened, verifier, challenge: encode(new Uint8Array(digest)) };
}

addEventListener("message", async (event) => {
  if (!waiting || event.origin !== location.origin || event.source !== waiting.opened) return;
  const { type, code } = event.data ?? {};
  if (type === "deskglass:hello") {
    event.source.postMessage({ type: "deskglass:challenge", challenge: waiting.challenge, origin: parent }, location.origin);
  } else if (type === "deskglass:code") {
    const { verifier } = waiting;
    waiting = null;
    await enter({ code, verifier, origin: parent, launch });
  }
});

async function enter(values) {
  const answer = await post("token/", values).catch(() => null);
  if (!answer?.ok) {
    door.hidden = false;
    const told = await answer?.json().catch(() => null);
    return complain(told?.request_id);
  }
  launch = "";
  await take(answer);
  door.hidden = true;
  await show();
}

// --- What is shown

async function show() {
  if (!bearer) return;
  const asked = ticket ?? "";
  shown = asked;
  await window.htmx.ajax("POST", `${base}view/`, { target: view, swap: "innerHTML", values: { ticket: asked } });
}

function openDrawer() {
  byId("drawer-switched").hidden = true;
  if (!drawer.open) drawer.showModal();
  byId("drawer-title").focus();
}

async function intoDrawer(method, address, values, source) {
  await window.htmx.ajax(method, address, { source, target: drawerBody, swap: "innerHTML", select: "#main > *", values });
  if (!bearer) return;
  openDrawer();
  const heading = drawerBody.querySelector("h1");
  if (heading) byId("drawer-title").textContent = heading.textContent;
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (bearer) detail.headers.Authorization = `Bearer ${bearer}`;
});

// A refused form comes back with what stands against it; without a bearer that holds there is nothing to show.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.xhr.status === 401) {
    detail.shouldSwap = false;
    leave();
  } else if (detail.xhr.status === 422 && detail.target === drawerBody) {
    detail.shouldSwap = true;
    detail.isError = false;
  }
});

document.addEventListener("click", (event) => {
  const target = event.target;
  if (target.closest("[data-sign-in]")) signIn();
  else if (target.closest("[data-close-drawer]")) drawer.close();
  else if (target.closest("[data-again]")) show();
  else if (target.closest("[data-stay]")) byId("drawer-switched").hidden = true;
  else if (target.closest("[data-switch]")) drawer.close();
  const link = target.closest("a[href]");
  if (!link || event.defaultPrevented || link.target || link.hasAttribute("hx-get")) return;
  const address = new URL(link.href);
  if (address.origin === location.origin && address.pathname === location.pathname) return;
  if (address.origin === location.origin && IN_DRAWER.test(address.pathname)) {
    event.preventDefault();
    intoDrawer("GET", address.pathname + address.search, {}, link);
    return;
  }
  link.target = "_blank"; // a page of its own needs a window of its own
  link.rel = "noopener";
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.hasAttribute("hx-post") || form.method !== "post") return;
  event.preventDefault();
  const values = {};
  for (const [name, value] of new FormData(form, event.submitter)) (values[name] ??= []).push(value);
  intoDrawer("POST", new URL(form.action).pathname, values, document.body);
});

drawer.addEventListener("close", () => {
  drawerBody.replaceChildren();
  show();
});

// --- The ticket around the frame

document.addEventListener("deskglass:ticket", ({ detail }) => {
  ticket = detail;
  if (!bearer || ticket === shown) return;
  if (drawer.open) byId("drawer-switched").hidden = false;
  else show();
});

document.addEventListener("deskglass:alone", () => { byId("alone").hidden = false; });

document.addEventListener("deskglass:parent", ({ detail }) => {
  parent = detail;
  if (page.host === "salesforce" && launch) enter({ launch });
  else door.hidden = false;
});

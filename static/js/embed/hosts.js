// Asks the tool around the frame which ticket is open, in that tool's own protocol, and tells it how high we are.
// What it answers is a hint: the server reads the ticket again. Messages count from the parent alone, by exact origin.

const page = document.body.dataset;
const allowed = page.origins.split(" ");
const LONGEST_MESSAGE = 512 * 1024; // Chatwoot sends whole conversations; only the number is taken out of them
const TICKET = /^[A-Za-z0-9_.-]{1,100}$/;

function parentOrigin() {
  const named = location.ancestorOrigins?.[0] ?? (document.referrer ? new URL(document.referrer).origin : "");
  return allowed.includes(named) ? named : "";
}

const parent = parentOrigin();
const send = (message) => parent && window.parent.postMessage(message, parent);

function tell(ticket) {
  const text = ticket === undefined || ticket === null ? "" : String(ticket);
  document.dispatchEvent(new CustomEvent("deskglass:ticket", { detail: TICKET.test(text) ? text : "" }));
}

function read(event) {
  if (event.source !== window.parent || event.origin !== parent) return null;
  if (typeof event.data !== "string") return event.data;
  if (event.data.length > LONGEST_MESSAGE) return null;
  try {
    return JSON.parse(event.data);
  } catch {
    return null;
  }
}

const HOSTS = {
  // Sends its context by itself when the tab is shown, or when asked; a word in the beginning may be lost.
  chatwoot: {
    start() {
      let tries = 0;
      const ask = () => {
        send("chatwoot-dashboard-app:fetch-info");
        tries += 1;
        if (!this.answered && tries < 4) setTimeout(ask, 500);
      };
      ask();
    },
    take(message) {
      if (message.event !== "appContext") return;
      this.answered = true;
      tell(message.data?.conversation?.id);
    },
    height() {},
  },
  // The framework's own messages, without its script: nobody else's code runs beside the bearer.
  zendesk: {
    start() {
      this.say({ key: "iframe.handshake", message: { version: "2.0" } });
    },
    say(message) {
      send(JSON.stringify({ ...message, appGuid: page.app, instanceGuid: page.app }));
    },
    take(message) {
      if (message.key === "zaf.app.registered" || message.key === "zaf.app.activated") {
        this.ready = true;
        this.say({ id: 1, request: "get", params: ["ticket.id"] });
        if (this.asked) this.height(this.asked);
      }
      if (message.id === 1) tell(message.result?.["ticket.id"]);
    },
    height(pixels) {
      this.asked = pixels;
      if (this.ready) this.say({ id: 2, request: "invoke", params: { resize: [{ width: "100%", height: `${pixels}px` }] } });
    },
  },
  // Names the record in what it signs.
  salesforce: { start: () => tell(""), take() {}, height() {} },
};

// For tools whose app page is our own package: it answers in words of ours.
HOSTS.generic = HOSTS.freshdesk = {
  start: () => send({ type: "deskglass:ready" }),
  take(message) {
    if (message.type === "deskglass:context") tell(message.ticket);
  },
  height: (pixels) => send({ type: "deskglass:height", height: pixels }),
};

const host = HOSTS[page.host];
let last = 0;

function measure() {
  const pixels = Math.ceil(document.body.scrollHeight);
  if (pixels === last) return;
  last = pixels;
  host.height(pixels);
}

if (window.parent === window || !parent) {
  document.dispatchEvent(new CustomEvent("deskglass:alone"));
} else {
  addEventListener("message", (event) => {
    const message = read(event);
    if (message && typeof message === "object") host.take(message);
  });
  document.dispatchEvent(new CustomEvent("deskglass:parent", { detail: parent }));
  host.start();
  new ResizeObserver(measure).observe(document.body);
}

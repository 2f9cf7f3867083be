// Tells Deskglass in the frame which ticket is open; that is a hint, the server reads the ticket again.

const frame = document.getElementById("deskglass");
const deskglass = new URL(frame.src).origin;

async function start() {
  const client = await app.initialized();

  async function tell() {
    const { ticket } = await client.data.get("ticket");
    frame.contentWindow.postMessage({ type: "deskglass:context", ticket: String(ticket.id) }, deskglass);
  }

  addEventListener("message", (event) => {
    if (event.origin !== deskglass || event.source !== frame.contentWindow) return;
    if (event.data.type === "deskglass:ready") tell();
    if (event.data.type === "deskglass:height") {
      frame.height = event.data.height;
      client.instance.resize({ height: `${event.data.height}px` });
    }
  });
  client.events.on("app.activated", tell);
}

start();

// To Chromium this page counts as one from the internet (Content-Security-Policy: treat-as-public-address), so what
// happens here is what happens to a portal's page.
const NAMES = ["loopback-network", "local-network-access"]; // the second is the name before Chromium 145

async function permission() {
  for (const name of NAMES) {
    try {
      return await navigator.permissions.query({ name });
    } catch {
      // this browser does not know the name
    }
  }
  return null;
}

function knock(address) {
  return new Promise((tell) => {
    const socket = new WebSocket(address);
    socket.onopen = () => { tell(true); socket.close(); };
    socket.onerror = () => tell(false);
  });
}

const say = (table) => parent.postMessage(table, location.origin);

addEventListener("message", async (event) => {
  if (event.origin !== location.origin || typeof event.data?.knock !== "string") return;
  const status = await permission();
  const before = status?.state ?? "";
  say({ public: "asking", state: before });
  const open = await knock(event.data.knock);
  say({ public: "done", before, state: status?.state ?? "", open });
});
say({ public: "ready" });

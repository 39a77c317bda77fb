// What pages may call, and how it begins.

function reset() {
  S.queue = [];
  S.files = [];
  S.identity = null;
  S.who = null;
  forget();
  showFiles();
  notice("");
  emit("reset");
}

// Says who the customer is: a token signed by the shop, or an id with its hash. A customer
// other than the one before begins a new conversation.
function identify(signed) {
  const given = typeof signed === "string" ? { jwt: signed } : { user_id: String(signed.user_id), hash: signed.hash };
  let name = given.user_id;
  if (given.jwt) {
    try {
      const claims = JSON.parse(atob(given.jwt.split(".")[1].replace(/-/g, "+").replace(/_/g, "/")));
      name = String(claims.sub || claims.user_id);
    } catch { /* the server will say what is wrong with it */ }
  }
  if (S.who && S.who !== name && S.conversation) reset();
  S.identity = given;
  S.who = name;
  storage.write();
}

async function setLocale(locale) {
  S.locale = locale;
  S.settings = await loadSettings();
  ui.log.replaceChildren();
  dress();
}

const api = {
  open: () => open(), close, toggle, reset, identify, setLocale,
  send: (text) => { open(); return queue(String(text).slice(0, S.settings.text_characters)); },
  on: (name, handler) => { (handlers[name] = handlers[name] || []).push(handler); },
  off: (name, handler) => { handlers[name] = (handlers[name] || []).filter((other) => other !== handler); },
  // Widgets of others call it so.
  setUser: (id, user) => identify({ user_id: id, hash: (user || {}).identifier_hash }),
  push: (...commands) => commands.forEach(([name, ...values]) => {
    if (name !== "push" && Object.hasOwn(api, name)) api[name](...values);
    else console.error(`Switchboard: there is no ${name}`);
  }),
};

let tries = 0;
async function begin() {
  try {
    S.settings = await loadSettings();
  } catch (error) {
    console.error(`Switchboard: ${error.message}`);
    // An inbox that is not there, or not for this page, will not be there in a moment.
    if (!error.status || error.status >= 500) setTimeout(begin, Math.min(2000 * 2 ** (tries += 1), 6e4));
    return;
  }
  const kept = storage.read();
  Object.assign(S, { conversation: kept.conversation || null, seen: kept.seen || 0, who: kept.who || null });
  S.queue = (Array.isArray(kept.queue) ? kept.queue : []).map((item) => ({ ...item, files: item.files || [] }));
  build();
  dress();
  window.Switchboard = api;
  if (Array.isArray(before)) api.push(...before);
  if (kept.open ? !phone.matches : options.open === "true") open(true);
  window.addEventListener("online", () => { notice(""); flush(); follow(); });
  window.addEventListener("offline", () => { S.held = true; notice(t("offline")); showQueue(); });
  document.addEventListener("visibilitychange", () => { if (visible() && S.conversation) poll(); else follow(); });
  // Another page of the shop in another tab: one conversation for both.
  window.addEventListener("storage", (changedKey) => {
    if (changedKey.key !== KEY) return;
    const { conversation: other } = storage.read();
    if ((other && other.id) === (S.conversation && S.conversation.id)) return;
    forget();
    S.conversation = other || null;
    storage.write();
    poll();
  });
  emit("ready", api);
  if (S.conversation) await poll();
  flush();
  setInterval(showState, 30000);
}

if (!before || Array.isArray(before)) {
  const start = () => (window.requestIdleCallback ? requestIdleCallback(begin, { timeout: 2000 }) : setTimeout(begin, 1));
  if (document.body) start(); else document.addEventListener("DOMContentLoaded", start);
}

// Calls, and what is on its way: every message has an id of its own, so that one that was
// sent twice is taken once.

const WAITING = 30;
let flushing = false;
let retryAfter = 1000;
let retryTimer = 0;

class Refusal extends Error {
  constructor(status, body, seconds) {
    super(body.title || `HTTP ${status}`);
    Object.assign(this, { status, code: body.code || "", seconds });
  }
}

// What has no answer by then is asked again; files and streams take as long as they take.
const PATIENCE = 30000;
const JSON_TYPE = "application/json";
const BYTES = "application/octet-stream";

// No answer at all is an error that has no `status`.
async function call(path, { method = "GET", body, type = JSON_TYPE, signal, headers = {} } = {}) {
  const json = type === JSON_TYPE;
  if (body !== undefined) headers["content-type"] = type;
  if (S.conversation) headers.authorization = `Bearer ${S.conversation.token}`;
  // Older browsers have no such clock and wait as long as they themselves see fit.
  if (!signal && json && AbortSignal.timeout) signal = AbortSignal.timeout(PATIENCE);
  const response = await fetch(BASE + path, {
    method, headers, signal, body: json && body !== undefined ? JSON.stringify(body) : body,
    credentials: "omit", cache: "no-store", referrerPolicy: "no-referrer",
  });
  if (response.ok) return response;
  const told = await response.json().catch(() => ({}));
  throw new Refusal(response.status, told, Number(response.headers.get("retry-after")) || 0);
}

const ofConversation = (rest = "") => `/v1/conversations/${encodeURIComponent(S.conversation.id)}${rest}`;

async function loadSettings() {
  const response = await fetch(`${BASE}/v1/widget/${encodeURIComponent(INBOX)}?locale=${encodeURIComponent(language().slice(0, 35))}`, { credentials: "omit" });
  if (!response.ok) throw new Refusal(response.status, await response.json().catch(() => ({})), 0);
  return response.json();
}

let beginning = null;
// One conversation is begun, whoever asks first.
function conversation() {
  if (S.conversation) return Promise.resolve(S.conversation);
  beginning = beginning || call("/v1/conversations", { method: "POST" })
    .then((response) => response.json())
    .then((begun) => {
      S.conversation = { id: begun.conversation_id, token: begun.conversation_token };
      storage.write();
      return S.conversation;
    })
    .finally(() => { beginning = null; });
  return beginning;
}

function queue(text, payload, files = []) {
  if (S.queue.length >= WAITING) {
    notice(t("slow_down"));
    return false;
  }
  S.queue.push({ id: uuid(), text, payload, files, at: new Date().toISOString() });
  storage.write();
  showQueue();
  flush();
  return true;
}

async function flush() {
  if (flushing) return;
  flushing = true;
  clearTimeout(retryTimer);
  let item;
  while ((item = S.queue.find((waiting) => !waiting.failed && !waiting.sent))) {
    try {
      await post(item);
      retryAfter = 1000;
      S.held = false;
      notice("");
    } catch (error) {
      if (!held(item, error)) break;
    }
  }
  flushing = false;
  if (S.queue.some((waiting) => !waiting.sent)) typing(false);
}

async function post(item) {
  await conversation();
  if (S.state.owner === "bot") typing(true);
  const body = {
    conversation_id: S.conversation.id, message_id: item.id, text: item.text || undefined,
    payload: item.payload, locale: language().slice(0, 35), attachments: item.files.map((file) => file.id),
    inbox: S.settings.inbox, identity: S.identity || undefined,
  };
  try { body.time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone; } catch { /* the shop's is named then */ }
  const answer = await (await call("/v1/messages", { method: "POST", body })).json();
  item.sent = true;
  showQueue();
  if (!answer.reply) typing(false);
  // The stream brings the answer, unless something on the way holds it back.
  if (!stream) poll();
  else setTimeout(() => S.queue.includes(item) && catchUp().catch(() => {}), 1000);
}

// What to do about a message that was not taken. True: go on with the next, or try again.
function held(item, error) {
  // What the browser itself says of a broken network has codes of its own.
  const code = error.status ? error.code : "";
  if (code === "conversation-not-found" || code === "identity-other") {
    forget();
    return true;
  }
  if (code.startsWith("identity-")) {
    S.identity = null;
    emit("identity_expired", code);
    return true;
  }
  const later = !error.status || error.status === 429 || error.status >= 500;
  if (!later) {
    item.failed = code || "error";
    notice(code === "text-too-long" ? t("too_long") : t("error"));
    emit("error", error);
    showQueue();
    return true;
  }
  S.held = true;
  showQueue();
  notice(error.status === 429 ? t("slow_down") : t("offline"));
  const wait = error.seconds ? error.seconds * 1000 : retryAfter;
  retryAfter = Math.min(retryAfter * 2, 30000);
  retryTimer = setTimeout(flush, wait);
  return false;
}

function retry(item) {
  item.failed = null;
  item.id = uuid();
  showQueue();
  flush();
}

// Forgets the conversation; what waits goes into a new one.
function forget() {
  const { queue: waiting } = S;
  Object.assign(S, { conversation: null, last: 0, seen: 0, state: { owner: "bot" }, messages: new Map(), queue: waiting });
  unfollow();
  storage.write();
  render();
}

async function upload(file) {
  await conversation();
  const query = `?name=${encodeURIComponent(file.name.slice(-120))}&inbox=${encodeURIComponent(S.settings.inbox)}`;
  const response = await call(ofConversation(`/attachments${query}`), { method: "POST", body: file, type: BYTES });
  return response.json();
}

// A file is fetched with the conversation's secret, then saved: no address of it works alone.
async function save(file) {
  try {
    const response = await call(ofConversation(`/attachments/${encodeURIComponent(file.id)}`), { type: BYTES });
    saveAs(await response.blob(), file.name);
  } catch { notice(t("error")); }
}

function saveAs(blob, name) {
  const url = URL.createObjectURL(blob);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

// News of the conversation: a stream of events while somebody looks, polling where streams
// do not get through, nothing while nobody does.

const SILENCE = 40000;
// A stream says something at once; what keeps it back keeps everything back.
const FIRST = 8000;
const TURNS = /[\u202a-\u202e\u2066-\u2069]/g;
let stream = null;
let failures = 0;
let pollTimer = 0;
let typedAt = 0;

async function catchUp() {
  if (!S.conversation) return;
  const { id } = S.conversation;
  for (;;) {
    const found = await (await call(ofConversation(`/messages?after=${S.last}`))).json();
    if (!S.conversation || S.conversation.id !== id) return;
    found.messages.forEach(take);
    if (!found.more) break;
  }
  changed(await (await call(ofConversation())).json());
}

// Whoever looks, or waits for a person, is told at once.
const wanted = () => S.conversation && visible() && (S.open || S.state.owner !== "bot");

function follow() {
  clearTimeout(pollTimer);
  if (!wanted()) {
    unfollow();
    if (S.conversation && visible()) pollTimer = setTimeout(poll, 60000);
    return;
  }
  if (!stream) listen();
}

function unfollow() {
  if (stream) stream.abort();
  stream = null;
}

async function poll() {
  try {
    await catchUp();
    flush();
  } catch (error) {
    if (error.code === "conversation-not-found") forget();
  }
  follow();
}

async function listen() {
  const mine = stream = new AbortController();
  let watchdog = 0;
  let heard = false;
  const alive = () => {
    clearTimeout(watchdog);
    watchdog = setTimeout(() => mine.abort(), heard ? SILENCE : FIRST);
  };
  try {
    alive();
    const headers = { accept: "text/event-stream", "last-event-id": String(S.last) };
    const response = await call(ofConversation("/events"), { headers, signal: mine.signal });
    const reader = response.body.getReader();
    const decoder = new TextDecoder();
    let text = "";
    flush();
    for (;;) {
      const { done, value } = await reader.read();
      if (done || stream !== mine) break;
      heard = true;
      alive();
      failures = 0;
      text += decoder.decode(value, { stream: true });
      const events = text.split("\n\n");
      text = events.pop();
      events.forEach(event);
    }
    reader.cancel().catch(() => {});
  } catch (error) {
    if (stream === mine) failures += heard || !mine.signal.aborted ? 1 : 3;
    if (error.code === "conversation-not-found") forget();
  }
  clearTimeout(watchdog);
  if (stream !== mine) return;
  stream = null;
  // After a few failures it asks instead, and tries a stream again now and then.
  const wait = failures > 2 ? 5000 : 500 + Math.random() * 1000;
  clearTimeout(pollTimer);
  pollTimer = setTimeout(failures > 2 && failures % 6 ? () => { failures += 1; poll(); } : follow, wait);
}

function event(text) {
  const field = (name) => (new RegExp(`^${name}: (.*)$`, "m").exec(text) || [])[1];
  const data = field("data");
  if (!data) return;
  const told = JSON.parse(data);
  const kind = field("event");
  if (kind === "message") take(told);
  else if (kind === "state") changed(told);
  else if (kind === "typing" && told.by === "agent") typing(true, 6000);
}

// A message as the server has it; each is taken once.
function take(message) {
  if (message.seq <= S.last) return;
  S.last = message.seq;
  // Marks that turn writing around serve to deceive here, and nothing else.
  for (const key of ["text", "markdown"]) message[key] = message[key] && message[key].replace(TURNS, "");
  S.messages.set(message.seq, message);
  if (message.author === "customer") {
    let own = S.queue.findIndex((item) => sameAs(item, message));
    if (own < 0) own = S.queue.findIndex((item) => item.sent);
    if (own >= 0) S.queue.splice(own, 1);
  } else {
    typing(false);
    if (S.open && visible()) announce(message);
    emit("message", message);
  }
  if (S.open && visible()) S.seen = S.last;
  storage.write();
  render();
}

const sameAs = (item, message) => {
  const files = message.attachments || [];
  return (item.text || "").replace(TURNS, "") === message.text || (files.length > 0 && item.files.some((file) => file.id === files[0].id));
};

// What was asked for before something happened can come after the word of it.
const isOld = (state) => !S.conversation || state.id !== S.conversation.id
  || state.fence < S.state.fence || state.messages < S.state.messages;

function changed(state) {
  if (isOld(state)) return;
  const { owner } = S.state;
  S.state = state;
  if (owner !== state.owner) emit("owner", { owner: state.owner, person: state.person || null });
  if (owner === "bot" && state.ticket) emit("handoff", state.ticket);
  showState();
  if (stream ? !wanted() : wanted()) follow();
}

// Tells that the customer types, every few seconds, once there is somebody to tell.
function types() {
  if (!S.conversation || S.state.owner !== "agent" || Date.now() - typedAt < 4000) return;
  typedAt = Date.now();
  call(ofConversation("/typing"), { method: "POST" }).catch(() => {});
}

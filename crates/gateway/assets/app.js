// The page to try Switchboard by hand. Whatever comes from outside is written by
// textContent alone; nothing is ever read as HTML.
"use strict";

const part = (id) => document.getElementById(id);
const EXAMPLES = [
  "How long does delivery to Mexico take?",
  "¿Dónde está mi paquete? ¡Llevo un mes esperando, esto es una vergüenza!",
  "我要refund，杯子碎了",
  "هل سأدفع رسوم جمركية إلى السعودية؟",
  "Mein Anwalt wird sich bei Ihnen melden.",
];
const POLL_MS = 4000;

// Known to this page alone, and forgotten with it.
let conversation = null;
let lastSeq = 0;
let busy = false;

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

function show(author, text, language) {
  const item = element("li", `message ${author}`);
  item.dir = "auto";
  if (language) item.lang = language;
  if (author === "bot" || author === "agent") {
    item.append(element("span", "who", author === "bot" ? "Assistant" : "Person"));
  }
  item.append(document.createTextNode(text));
  part("messages").append(item);
  part("messages").scrollTop = part("messages").scrollHeight;
}

function problem(text) {
  part("problem").textContent = text || "";
  part("problem").hidden = !text;
}

async function call(path, options) {
  const response = await fetch(path, options);
  const body = await response.json();
  if (!response.ok) throw new Error(`${body.title}: ${body.detail || body.help} (${body.code})`);
  return body;
}

function lock(on) {
  busy = on;
  for (const button of document.querySelectorAll("button")) button.disabled = on;
}

async function send(text, payload) {
  if (busy) return;
  lock(true);
  problem("");
  buttons([]);
  part("examples").hidden = true;
  show("customer", text);
  const request = { text, locale: navigator.language };
  if (payload) request.payload = payload;
  try {
    request.time_zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
    if (conversation) {
      request.conversation_id = conversation.id;
      request.conversation_token = conversation.token;
      // A repetition after a lost answer is then answered once.
      request.message_id = crypto.randomUUID ? crypto.randomUUID() : `${Date.now()}-${Math.random()}`;
    }
    const answer = await call("/v1/messages", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(request),
    });
    if (answer.conversation_token) {
      conversation = { id: answer.conversation_id, token: answer.conversation_token };
    }
    if (answer.reply) {
      show("bot", answer.reply.text, answer.reply.language);
      buttons(answer.reply.buttons);
    } else {
      show("note", "The assistant is silent: a person has the conversation.");
    }
    analysis(answer);
    await catchUp(true);
  } catch (error) {
    problem(error.message);
  } finally {
    lock(false);
    part("text").focus();
  }
}

// What was said outside the page's own turns: by a person, or by the bot when it is handed
// back. Right after a turn of the page's own only its place is taken over.
async function catchUp(ownTurn) {
  if (!conversation) return;
  const { id, token } = conversation;
  const found = await call(`/v1/conversations/${encodeURIComponent(id)}/messages?after=${lastSeq}`, {
    headers: { authorization: `Bearer ${token}` },
  });
  if (!conversation || conversation.id !== id) return;
  for (const message of found.messages) {
    const shownAlready = message.author === "customer" || (ownTurn && message.author === "bot");
    if (!shownAlready) show(message.author, message.text, message.language);
  }
  lastSeq = Math.max(lastSeq, found.next_after);
}

function buttons(list) {
  part("buttons").replaceChildren(...list.map(({ title, payload }) => {
    const button = element("button", "", title);
    button.type = "button";
    button.dir = "auto";
    button.addEventListener("click", () => send(title, payload));
    return button;
  }));
}

// Spans are byte offsets into the UTF-8 of the text.
function mark(target, text, spans) {
  const bytes = new TextEncoder().encode(text);
  const slice = (from, to) => new TextDecoder().decode(bytes.slice(from, to));
  target.replaceChildren();
  let at = 0;
  for (const [start, end] of spans.slice().sort((a, b) => a[0] - b[0])) {
    const from = Math.max(start, at);
    if (end <= from) continue;
    target.append(slice(at, from), element("mark", "", slice(from, end)));
    at = end;
  }
  target.append(slice(at));
}

const percent = (share) => `${(share * 100).toFixed(1)} %`;

function fact(name, value, className) {
  part("facts").append(element("dt", "", name), element("dd", className, value));
}

function analysis(answer) {
  const { analysis: read, decision, ticket } = answer;
  part("empty").hidden = true;
  part("analysis").hidden = false;
  mark(part("marked"), read.text, read.intents.filter((i) => !i.denied).flatMap((i) => i.spans));
  part("facts").replaceChildren();
  fact("Language", `${read.language.tag} (${percent(read.language.confidence)})`);
  fact("Intent", `${read.intent} (${percent(read.confidence)})`);
  fact("Mood", `${read.emotion.label}, anger ${read.emotion.level} of 3`);
  fact("Severity", `${read.severity}, tier ${read.tier}${read.handoff ? ", always handed over" : ""}`, read.severity);
  fact("Decision", `${decision.action} by ${decision.rule}: ${decision.why}`);
  if (ticket) {
    const due = ticket.due_at ? new Date(ticket.due_at).toLocaleString() : "the customer is awaited";
    fact("Ticket", `tier ${ticket.tier}, ${ticket.severity}, due: ${due}`, ticket.severity);
  }
  part("intents").replaceChildren(...read.intents.map(intentItem));
  if (!read.intents.length) part("intents").append(element("li", "", "none"));
  part("entities-part").hidden = !read.entities.length;
  part("entities").replaceChildren(...read.entities.map((entity) => {
    const item = element("li", "", `${entity.type}: ${entity.value} `);
    item.append(element("bdi", "evidence", entity.text));
    return item;
  }));
  part("emotion-part").hidden = !read.emotion.evidence.length;
  part("emotion").replaceChildren(...read.emotion.evidence.map((sign) => {
    return rule(element("li"), sign.rule, sign.text, sign.points);
  }));
  part("raw").textContent = JSON.stringify(answer, (key, value) => (key === "conversation_token" ? "…" : value), 2);
}

function intentItem(found) {
  const item = element("li");
  const name = element("span", found.denied ? "denied" : "", found.id);
  item.append(name, ` ${percent(found.confidence)}${found.denied ? " (denied)" : ""}`);
  for (const { rule: name, text, weight, deductions = [] } of found.evidence) {
    const off = deductions.map((d) => `${d.amount} off: ${d.reason}`);
    item.append(rule(element("div"), name, text, weight, off));
  }
  return item;
}

function rule(target, name, words, weight, off = []) {
  target.className = "evidence";
  target.append(`${weight > 0 ? "+" : ""}${weight} ${name} `, element("bdi", "", words));
  if (off.length) target.append(` (${off.join(", ")})`);
  return target;
}

function restart() {
  conversation = null;
  lastSeq = 0;
  part("messages").replaceChildren();
  part("analysis").hidden = true;
  part("empty").hidden = false;
  part("examples").hidden = false;
  buttons([]);
  problem("");
  part("text").focus();
}

part("form").addEventListener("submit", (event) => {
  event.preventDefault();
  const text = part("text").value.trim();
  if (!text || busy) return;
  part("text").value = "";
  send(text);
});
// Enter sends, unless it ends a composition (Chinese, Japanese) or begins a line.
part("text").addEventListener("keydown", (event) => {
  if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    part("form").requestSubmit();
  }
});
part("restart").addEventListener("click", restart);
part("examples").replaceChildren(...EXAMPLES.map((text) => {
  const button = element("button", "", text);
  button.type = "button";
  button.dir = "auto";
  button.addEventListener("click", () => send(text));
  return button;
}));
setInterval(() => {
  if (!busy && !document.hidden) catchUp(false).catch(() => {});
}, POLL_MS);

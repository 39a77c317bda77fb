// Messages as they are shown.

let typingTimer = 0;
let isTyping = false;

let following = true;
let scrolledTo = 0;

// Whoever scrolls up to read is left there; whoever is at the end stays at the end.
function scrolled() {
  const { scrollTop, scrollHeight, clientHeight } = ui.log;
  if (Math.abs(scrollTop - scrolledTo) > 2) following = scrollHeight - scrollTop - clientHeight < 60;
}

// Draws what is there now. What is drawn already stays in place, so that reading and focus
// are not disturbed.
function render(toEnd) {
  if (!ui.log || !S.settings) return;
  following = following || toEnd;
  const known = new Map([...ui.log.children].map((item) => [item.dataset.key, item]));
  const all = [...S.messages.values()];
  const last = all[all.length - 1];
  const wanted = [greeting(known), ...all.map((message, n) => known.get(`m${message.seq}`) || shown(message, all[n - 1])),
    ...S.queue.map(waiting)];
  if (isTyping) wanted.push(known.get("typing") || h("div", { class: "row bot", "data-key": "typing" },
    h("div", { class: "bubble dots", role: "img", "aria-label": t("typing") }, h("i"), h("i"), h("i"))));
  // What stays is not moved: moving an element takes the focus from it.
  for (const [, item] of known) if (!wanted.includes(item)) item.remove();
  let at = ui.log.firstChild;
  for (const item of wanted) {
    if (item === at) at = at.nextSibling;
    else ui.log.insertBefore(item, at);
  }
  for (const row of ui.log.querySelectorAll(".buttons, .marks")) {
    // Only the last word of the bot can be answered by a button.
    row.hidden = !(row.dataset.of === "0" ? !all.length : last && row.dataset.of === String(last.seq)) || S.queue.some((item) => !item.failed);
  }
  keepEnd();
  badge();
}

function keepEnd() {
  const newest = ui.log.lastElementChild;
  if (!following || ui.panel.hidden || !newest) return;
  // What is longer than the panel is read from its beginning.
  const tall = newest.offsetHeight > ui.log.clientHeight - 40;
  ui.log.scrollTop = tall ? newest.offsetTop - ui.log.offsetTop - 12 : ui.log.scrollHeight;
  scrolledTo = ui.log.scrollTop;
}

function greeting(known) {
  const { greeting: text, locale, questions } = S.settings;
  const kept = known.get("hello");
  if (kept && kept.lang === locale) return kept;
  return h("div", { class: "row bot", "data-key": "hello", lang: locale },
    h("div", { class: "bubble", dir: "auto" }, h("p", null, text), h("p", { class: "small" }, t("disclosure"))),
    buttons(questions, 0));
}

function buttons(list, seq) {
  if (!list || !list.length) return null;
  if (list.every((button) => /^(csat|ces|nps):\d+$/.test(button.payload))) return marks(list, seq);
  return h("div", { class: "buttons", "data-of": seq }, list.map((button) => h("button", {
    type: "button", dir: "auto", onclick: () => press(button),
  }, button.title)));
}

// Satisfaction has faces; longer scales have their numbers, in rows.
function marks(list, seq) {
  const [kind] = list[0].payload.split(":");
  const faces = kind === "csat";
  const mark = (button) => Number(button.payload.split(":")[1]);
  const sorted = [...list].sort((a, b) => mark(a) - mark(b));
  const most = mark(sorted[sorted.length - 1]);
  return h("div", { class: faces ? "marks" : "marks scale", "data-of": seq, role: "group", "aria-labelledby": `b${seq}` }, sorted.map((button) => {
    const n = mark(button);
    const name = faces ? t(`rate_${n}`) : null;
    return h("button", { type: "button", "aria-label": `${n} / ${most}${name ? `: ${name}` : ""}`, title: name, onclick: () => press(button) }, faces ? icon(`face${n}`) : null, String(n));
  }));
}

function press(button) {
  ui.text.focus({ preventScroll: true });
  queue(button.title, button.payload);
}

const who = (message) => (message.author === "bot" ? t("assistant") : message.author === "agent" ? message.person || t("team") : t("you"));

function shown(message, before) {
  const { author, seq, at, attachments = [] } = message;
  const mine = author === "customer";
  const names = attachments.map((file) => file.name).join(", ");
  const body = mine ? [h("p", null, message.text)] : markdown(message.markdown || message.text);
  const files = attachments.map((file) => h("button", { class: "file", type: "button", onclick: () => save(file) },
    icon("file"), h("bdi", null, file.name), h("span", null, size(file.bytes))));
  const same = before && before.author === author && before.person === message.person && new Date(at) - new Date(before.at) < 3e5;
  return h("div", { class: `row ${author}${same ? " same" : ""}`, "data-key": `m${seq}`, lang: message.language },
    h("p", { class: "meta" }, h("bdi", null, who(message)), " · ", h("time", { datetime: at }, when(at))),
    mine && names === message.text ? null : h("div", { class: "bubble", dir: "auto", id: `b${seq}` }, body),
    files.length ? h("div", { class: "files" }, files) : null,
    mine ? null : buttons(message.buttons, seq));
}

function waiting(item) {
  const state = item.failed ? h("button", { class: "again", type: "button", onclick: () => retry(item) }, icon("retry"), t("failed"))
    : h("p", { class: "meta" }, item.sent ? t("sent") : S.held ? t("unsent") : t("sending"));
  const text = item.text || item.files.map((file) => file.name).join(", ");
  return h("div", { class: `row customer waits${item.failed || S.held ? " held" : ""}`, "data-key": `q${item.id}` }, h("div", { class: "bubble", dir: "auto" }, h("p", null, text)), state);
}

function showQueue() {
  storage.write();
  render(true);
}

// Shows that somebody types: until told otherwise, or for a while.
function typing(on, milliseconds) {
  clearTimeout(typingTimer);
  if (on && milliseconds) typingTimer = setTimeout(typing, milliseconds, false);
  if (isTyping === on) return;
  isTyping = on;
  render();
}

// Says a new message once to those who hear the page.
function announce(message) {
  const said = h("p", { lang: message.language }, `${who(message)}: ${message.text}`);
  ui.said.append(said);
  setTimeout(() => said.remove(), 5000);
}

// The conversation as a text file.
function transcript() {
  const time = (at) => new Date(at).toLocaleString(S.settings.formats);
  const lines = [...S.messages.values()].map((message) => `[${time(message.at)}] ${who(message)}: ${message.text}`);
  const text = `${S.settings.title}\n\n${lines.join("\n\n")}\n`;
  saveAs(new Blob(["\ufeff", text], { type: "text/plain;charset=utf-8" }), `${t("file_name")}.txt`);
}

// What all parts share: options, state, elements, what is remembered.
// Nothing from outside ever becomes markup: texts become text nodes.

const script = document.currentScript || document.querySelector('script[src*="/widget.js"]');
const options = (script && script.dataset) || {};
const BASE = script ? script.src.replace(/\/widget\.js.*$/, "") : location.origin;
const INBOX = options.inbox || "-";
const KEY = `switchboard:${BASE}:${INBOX}`;
const before = window.Switchboard;

// `messages` are as the server has them, by `seq`; `queue` is what is not there yet.
const S = {
  settings: null, conversation: null, messages: new Map(), last: 0, state: { owner: "bot" },
  queue: [], files: [], open: false, held: false, seen: 0, identity: null, who: null, locale: null, root: null,
};

const t = (key, values) => (S.settings.texts[key] || "").replace(/\{(\w+)\}/g, (all, name) => {
  return values && name in values ? values[name] : all;
});

// h("button", {class: "x", onclick: f, "aria-label": "…"}, "text", element)
function h(name, props, ...children) {
  const made = document.createElement(name);
  for (const key in props || {}) {
    const value = props[key];
    if (key.startsWith("on")) made.addEventListener(key.slice(2), value);
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value != null) made.setAttribute(key, value);
  }
  made.append(...children.flat().filter((child) => child != null && child !== false));
  return made;
}

const PATHS = {
  chat: "M12 3C6.5 3 2 6.8 2 11.4c0 2.6 1.4 5 3.7 6.5L5 22l4.3-2.2c.9.2 1.8.3 2.7.3 5.5 0 10-3.8 10-8.5S17.5 3 12 3z",
  close: "M6 6l12 12M18 6L6 18",
  down: "M6 9l6 6 6-6",
  send: "M4 12l16-8-6 16-3-6.5z",
  clip: "M20 11.5l-8.3 8.3a5 5 0 0 1-7-7L13.5 4a3.3 3.3 0 0 1 4.7 4.7l-8.6 8.6a1.7 1.7 0 0 1-2.4-2.4l7.7-7.7",
  more: "M12 5.5v.01M12 12v.01M12 18.5v.01",
  person: "M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM4 21c0-4 3.5-6.5 8-6.5s8 2.5 8 6.5",
  file: "M13 3H6v18h12V8zM13 3v5h5",
  face1: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 10v.01M15 10v.01M8 17c1.5-3 6.5-3 8 0",
  face2: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 10v.01M15 10v.01M8.5 16.5c1.2-1.5 5.8-1.5 7 0",
  face3: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 10v.01M15 10v.01M8.5 15.5h7",
  face4: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 10v.01M15 10v.01M8.5 14.5c1.2 1.8 5.8 1.8 7 0",
  face5: "M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18zM9 9.5v.01M15 9.5v.01M7.5 13.5c1 4.5 8 4.5 9 0z",
  retry: "M19 12a7 7 0 1 1-2.5-5.4M17 3v4h-4",
};

function icon(name) {
  const NS = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(NS, "svg");
  const path = document.createElementNS(NS, "path");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", `i i-${name}`);
  path.setAttribute("d", PATHS[name]);
  svg.append(path);
  return svg;
}

// A browser may forbid it; then it lasts as long as the page.
const storage = {
  read() {
    try { return JSON.parse(localStorage.getItem(KEY)) || {}; } catch { return {}; }
  },
  write() {
    const { conversation, seen, who, queue } = S;
    const kept = queue.filter((item) => !item.failed).map(({ id, text, payload, files }) => ({ id, text, payload, files }));
    try { localStorage.setItem(KEY, JSON.stringify({ conversation, seen, who, queue: kept, open: S.open })); } catch { /* goes on without */ }
  },
};

const uuid = () => (crypto.randomUUID ? crypto.randomUUID()
  : Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, "0")).join(""));

const handlers = {};
// Tells the page: whoever called `on`, and as an event of the window.
function emit(name, detail) {
  for (const handler of handlers[name] || []) {
    try { handler(detail); } catch (error) { console.error(error); }
  }
  window.dispatchEvent(new CustomEvent(`switchboard:${name}`, { detail }));
}

const visible = () => document.visibilityState !== "hidden";
const language = () => S.locale || options.locale || document.documentElement.lang || navigator.language || "en";

function when(text, long) {
  const at = new Date(text);
  const days = Math.round((new Date(at).setHours(0, 0, 0, 0) - new Date().setHours(0, 0, 0, 0)) / 864e5);
  const time = { hour: "numeric", minute: "2-digit" };
  const date = days === 0 ? {} : Math.abs(days) < 7 ? { weekday: long ? "long" : "short" } : { day: "numeric", month: long ? "long" : "short" };
  try { return new Intl.DateTimeFormat(S.settings.formats, { ...date, ...time }).format(at); } catch { return at.toLocaleString(); }
}

function size(bytes) {
  const [unit, value] = bytes < 1e6 ? ["kilobyte", bytes / 1e3] : ["megabyte", bytes / 1048576];
  const style = { style: "unit", unit, unitDisplay: "short", maximumFractionDigits: value < 10 ? 1 : 0 };
  try { return new Intl.NumberFormat(S.settings.locale, style).format(value); } catch { return `${Math.ceil(value)} ${unit[0]}B`; }
}

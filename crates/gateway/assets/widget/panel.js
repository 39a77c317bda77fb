// The button, the panel and what stands around the messages.

const ui = {};
let noticeText = "";

const phone = window.matchMedia("(max-width: 480px)");
const dark = window.matchMedia("(prefers-color-scheme: dark)");

function build() {
  const host = h("div", { id: "switchboard-widget" });
  const shadow = host.attachShadow({ mode: "open" });
  style(shadow);
  ui.badge = h("span", { class: "badge", hidden: true, "aria-hidden": "true" });
  ui.launcher = h("button", { class: "launcher", type: "button", "aria-expanded": "false", onclick: toggle }, icon("chat"), icon("down"), ui.badge);
  ui.title = h("h2", { id: "title" });
  ui.status = h("p", { id: "status" });
  ui.menu = h("button", { class: "tool", type: "button", "aria-expanded": "false", "aria-controls": "menu", onclick: () => menu() }, icon("more"));
  ui.close = h("button", { class: "tool", type: "button", onclick: close }, icon("close"));
  ui.save = h("button", { type: "button", onclick: () => { menu(false); transcript(); } });
  ui.fresh = h("button", { type: "button", onclick: () => { menu(false); reset(); ui.text.focus(); } });
  ui.list = h("div", { id: "menu", class: "menu", hidden: true }, ui.save, ui.fresh);
  ui.banner = h("div", { class: "banner", hidden: true });
  ui.log = h("div", { class: "log", role: "log", "aria-live": "off", tabindex: "0", onscroll: scrolled });
  ui.notice = h("p", { class: "notice", role: "status", hidden: true });
  ui.human = h("button", { class: "human", type: "button", onclick: () => queue(t("human"), "human") }, icon("person"), h("span"));
  // What is new is said here once; the log itself is silent, so that history is not read out.
  ui.said = h("div", { class: "hidden", "aria-live": "polite" });
  ui.panel = h("section", { class: "panel", role: "dialog", "aria-labelledby": "title", "aria-describedby": "status", hidden: true, onkeydown: keys },
    h("div", { class: "head" }, h("div", { class: "names" }, ui.title, ui.status), ui.menu, ui.close, ui.list),
    ui.banner, ui.log, ui.notice, h("div", { class: "foot" }, ui.human, composer()), ui.said);
  ui.frame = h("div", { class: "frame" }, ui.panel, ui.launcher);
  shadow.append(ui.frame);
  S.root = host;
  dark.addEventListener("change", dress);
  phone.addEventListener("change", dress);
  document.body.append(host);
  // Whatever takes room from the messages, the last one stays in sight.
  if (window.ResizeObserver) new ResizeObserver(keepEnd).observe(ui.log);
}

// Style sheets made by a script are not inline styles: a strict policy lets them be. Where a
// browser knows none, the script's own nonce stands for the style.
function style(shadow) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(CSS);
    shadow.adoptedStyleSheets = [sheet];
  } catch {
    shadow.append(h("style", { nonce: script && script.nonce }, CSS));
  }
}

// What the inbox's settings say: colours, side, direction, words.
function dress() {
  const { settings } = S;
  const { frame } = ui;
  frame.lang = settings.locale;
  frame.dir = settings.dir;
  frame.dataset.theme = options.theme === "dark" || (options.theme !== "light" && dark.matches) ? "dark" : "light";
  frame.dataset.side = options.side || settings.side;
  frame.style.setProperty("--c", settings.colour);
  frame.style.setProperty("--i", settings.ink);
  ui.panel.setAttribute("aria-modal", String(phone.matches));
  ui.title.replaceChildren(h("bdi", null, settings.title));
  label(ui.close, t("close"));
  label(ui.menu, t("more"));
  ui.log.setAttribute("aria-label", t("messages"));
  ui.save.textContent = t("save");
  ui.fresh.textContent = t("new");
  ui.human.lastChild.textContent = t("human");
  dressComposer();
  showState();
  render();
  badge();
}

function label(button, text) {
  button.setAttribute("aria-label", text);
  button.title = text;
}

let returnTo = null;

// A page that opens it again after a click of its own keeps the focus.
function open(quiet) {
  if (S.open) return;
  S.open = true;
  returnTo = document.activeElement;
  ui.panel.hidden = false;
  ui.frame.classList.add("open");
  ui.launcher.setAttribute("aria-expanded", "true");
  S.seen = S.last;
  storage.write();
  render(true);
  badge();
  // A finger that opens a phone's panel has not asked for the keyboard.
  if (quiet !== true) (phone.matches ? ui.close : ui.text).focus({ preventScroll: true });
  catchUp().catch(() => {});
  follow();
  emit("open");
}

function close() {
  if (!S.open) return;
  S.open = false;
  menu(false);
  ui.panel.hidden = true;
  ui.frame.classList.remove("open");
  ui.launcher.setAttribute("aria-expanded", "false");
  storage.write();
  badge();
  const back = returnTo && returnTo !== S.root && returnTo !== document.body && returnTo.isConnected ? returnTo : ui.launcher;
  back.focus({ preventScroll: true });
  follow();
  emit("close");
}

function toggle() {
  if (S.open) close(); else open();
}

function menu(show = ui.list.hidden) {
  ui.list.hidden = !show;
  ui.menu.setAttribute("aria-expanded", String(show));
  if (show) ui.save.focus();
}

function keys(pressed) {
  if (pressed.key === "Escape") {
    pressed.stopPropagation();
    if (ui.list.hidden) { close(); } else { menu(false); ui.menu.focus(); }
    return;
  }
  // A panel that fills the screen keeps the focus; one beside the page lets it go on.
  if (pressed.key !== "Tab" || !phone.matches) return;
  const all = [...ui.panel.querySelectorAll("button, a[href], textarea, [tabindex='0']")].filter((one) => !one.disabled && one.getClientRects().length);
  const [first, last] = [all[0], all[all.length - 1]];
  const at = ui.panel.getRootNode().activeElement;
  if (pressed.shiftKey ? at === first : at === last) {
    pressed.preventDefault();
    (pressed.shiftKey ? last : first).focus();
  }
}

function badge() {
  const unread = S.open ? 0 : [...S.messages.values()].filter((m) => m.seq > S.seen && m.author !== "customer").length;
  ui.badge.hidden = !unread;
  ui.badge.textContent = unread > 99 ? "99+" : String(unread);
  label(ui.launcher, S.open ? t("close") : unread ? `${t("open")} · ${t("unread", { n: unread })}` : t("open"));
  if (badge.last !== unread) emit("unread", unread);
  badge.last = unread;
}

// Who answers: the bot, people who have not come yet, or a person by name.
function showState() {
  if (!S.settings) return;
  const { owner, person, place, ticket } = S.state;
  ui.frame.dataset.owner = owner;
  ui.status.textContent = owner === "agent" ? (person ? t("with_person", { name: person }) : t("with_team"))
    : owner === "queue" ? t("waiting") : t("assistant_status");
  ui.human.hidden = owner !== "bot";
  const due = ticket && ticket.due_at;
  const lines = [];
  if (owner === "queue") lines.push(h("strong", null, t("handed_over")));
  if (owner === "agent") lines.push(h("strong", null, person ? t("taken", { name: person }) : t("taken_team")));
  if (owner === "queue" && place) lines.push(h("span", null, t("place", { n: place })));
  // A time that has passed is told by the one who is late, not here.
  if (owner !== "bot" && due && new Date(due) > new Date()) lines.push(h("span", null, t("due", { time: when(due, true) })));
  ui.banner.hidden = !lines.length;
  ui.banner.replaceChildren(icon("person"), h("p", null, lines));
}

function notice(text) {
  if (text === noticeText) return;
  noticeText = text;
  ui.notice.textContent = text;
  ui.notice.hidden = !text;
}

// Markdown of the bot and of people, as elements: bold, emphasis, code, lists, links,
// images of allowed hosts, and quotations, which are shown as cards. Whatever is none of
// these stays text. Links go to the web, to mail and to telephones, nowhere else.

const INLINE = new RegExp([
  "\\\\([\\\\\\x60*_\\[\\]()#+\\-.!<>{}|~&=])",
  "(!?)\\[([^\\[\\]]{0,300})\\]\\(([^()\\s]{1,2000})\\)",
  "\\*\\*([^*]{1,1000})\\*\\*",
  "\\x60([^\\x60]{1,500})\\x60",
  "\\*([^*\\s][^*]{0,500})\\*",
  "(https?:\\/\\/[^\\s<>\"'()\\[\\]]{1,2000})",
].join("|"), "g");

function address(text, schemes) {
  try {
    const url = new URL(text);
    return schemes.includes(url.protocol) ? url : null;
  } catch { return null; }
}

function link(text, target, plain) {
  const url = address(target, ["https:", "http:", "mailto:", "tel:"]);
  if (!url) return [plain];
  return [h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow", dir: "auto" }, text)];
}

function image(alt, source, plain) {
  const url = address(source, ["https:"]);
  if (!url || !S.settings.images.includes(url.hostname)) return link(alt || source, source, plain);
  const shown = h("img", { src: url.href, alt, loading: "lazy", referrerpolicy: "no-referrer" });
  // What cannot be loaded is still named.
  shown.addEventListener("error", () => shown.replaceWith(h("span", { class: "small" }, alt)));
  return [shown];
}

function inline(text) {
  const out = [];
  let at = 0;
  for (const found of text.matchAll(INLINE)) {
    const [whole, escaped, bang, label, target, bold, code, emphasis, bare] = found;
    if (found.index > at) out.push(text.slice(at, found.index));
    at = found.index + whole.length;
    if (escaped) out.push(escaped);
    else if (target) out.push(...(bang ? image(label, target, whole) : link(label, target, whole)));
    else if (bold) out.push(h("strong", null, inline(bold)));
    else if (code) out.push(h("code", null, code));
    else if (emphasis) out.push(h("em", null, inline(emphasis)));
    else {
      const end = bare.search(/[.,;:!?。、]+$/);
      const clean = end > 0 ? bare.slice(0, end) : bare;
      out.push(...link(clean, clean, clean), bare.slice(clean.length));
    }
  }
  if (at < text.length) out.push(text.slice(at));
  return out;
}

const withBreaks = (lines) => lines.flatMap((line, n) => (n ? [h("br"), ...inline(line)] : inline(line)));

function markdown(text) {
  const out = [];
  let block = null;
  const close = () => {
    if (!block) return;
    const { kind, lines } = block;
    if (kind === "p") out.push(h("p", { dir: "auto" }, withBreaks(lines)));
    else if (kind === "card") out.push(h("div", { class: "card", dir: "auto" }, markdown(lines.join("\n"))));
    else out.push(h(kind, { dir: "auto" }, lines.map((line) => h("li", null, inline(line)))));
    block = null;
  };
  const add = (kind, line) => {
    if (!block || block.kind !== kind) { close(); block = { kind, lines: [] }; }
    block.lines.push(line);
  };
  for (const line of text.split(/\r?\n/)) {
    const quoted = /^> ?(.*)$/.exec(line);
    const point = /^\s{0,3}[-*] +(.*)$/.exec(line);
    const number = /^\s{0,3}\d{1,3}[.)] +(.*)$/.exec(line);
    if (quoted) add("card", quoted[1]);
    else if (point) add("ul", point[1]);
    else if (number) add("ol", number[1]);
    else if (!line.trim()) close();
    else add("p", line);
  }
  close();
  return out;
}

// Where the customer writes: text, files by choosing, pasting or dropping.

function composer() {
  ui.text = h("textarea", { rows: "1", dir: "auto", enterkeyhint: "send", autocomplete: "off", oninput: grow, onkeydown: enter, onpaste: paste });
  ui.send = h("button", { class: "send", type: "submit" }, icon("send"));
  ui.input = h("input", { type: "file", multiple: true, hidden: true, tabindex: "-1", onchange: () => { choose(ui.input.files); ui.input.value = ""; } });
  ui.clip = h("button", { class: "tool", type: "button", onclick: () => ui.input.click() }, icon("clip"));
  ui.files = h("div", { class: "files" });
  return h("form", {
    onsubmit: (submitted) => { submitted.preventDefault(); submit(); },
    ondragover: (dragged) => dragged.preventDefault(),
    ondrop: (dropped) => { dropped.preventDefault(); choose(dropped.dataTransfer.files); },
  }, ui.files, h("div", { class: "line" }, ui.clip, ui.input, ui.text, ui.send));
}

function dressComposer() {
  ui.text.placeholder = t("write");
  ui.text.setAttribute("aria-label", t("write"));
  label(ui.send, t("send"));
  label(ui.clip, t("attach"));
  ui.clip.hidden = !S.settings.attachment_bytes;
  ui.input.accept = S.settings.attachment_types.join(",");
  ui.input.setAttribute("aria-label", t("attach"));
}

function grow() {
  ui.text.style.height = "auto";
  ui.text.style.height = `${Math.min(ui.text.scrollHeight, 140)}px`;
  types();
}

// Enter sends, unless it ends a composition (Chinese, Japanese) or begins a line.
function enter(pressed) {
  if (pressed.key !== "Enter" || pressed.shiftKey || pressed.isComposing || pressed.keyCode === 229) return;
  pressed.preventDefault();
  submit();
}

const characters = (text) => (Intl.Segmenter ? [...new Intl.Segmenter().segment(text)].length : [...text].length);

function submit() {
  const text = ui.text.value.trim();
  if (S.files.some((file) => !file.id)) {
    notice(t("uploading"));
    return;
  }
  if (!text && !S.files.length) return;
  // What surely fits is not counted.
  if (text.length > S.settings.text_characters && (text.length > 1e5 || characters(text) > S.settings.text_characters)) {
    notice(t("too_long"));
    return;
  }
  const files = S.files.map(({ id, name }) => ({ id, name }));
  if (!queue(text || files.map((file) => file.name).join(", "), undefined, files)) return;
  S.files = [];
  ui.text.value = "";
  grow();
  showFiles();
}

function paste(pasted) {
  const files = [...((pasted.clipboardData && pasted.clipboardData.files) || [])];
  if (!files.length) return;
  pasted.preventDefault();
  choose(files);
}

function choose(files) {
  const { attachment_bytes: most, attachment_types: types } = S.settings;
  for (const file of [...files].slice(0, 10 - S.files.length)) {
    if (!most || !types.includes(file.type)) notice(t("file_type"));
    else if (file.size > most) notice(t("file_large", { size: size(most) }));
    else takeIn(file);
  }
}

async function takeIn(file) {
  const kept = { name: file.name, bytes: file.size };
  S.files.push(kept);
  showFiles();
  try {
    Object.assign(kept, await upload(file));
    notice("");
  } catch (error) {
    S.files = S.files.filter((other) => other !== kept);
    notice(error.code === "attachment-type" ? t("file_type") : error.code === "attachment-too-large" ? t("file_large", { size: size(S.settings.attachment_bytes) }) : t("error"));
    emit("error", error);
  }
  showFiles();
}

function showFiles() {
  ui.files.replaceChildren(...S.files.map((file) => h("span", { class: "file", "aria-busy": String(!file.id) },
    icon("file"), h("bdi", null, file.name),
    h("button", { type: "button", "aria-label": t("remove", { name: file.name }), onclick: () => {
      S.files = S.files.filter((other) => other !== file);
      showFiles();
      ui.text.focus();
    } }, icon("close")))));
}

// Writing an answer: drafts, canned answers, what is inserted.
import { load, writes } from './live.js';

const key = (area) => `console.draft.${area.dataset.draft}`;
const area = () => document.getElementById('reply');
const popup = () => document.getElementById('canned');
let asked = 0;

function keep(el) {
  if (el.value) sessionStorage.setItem(key(el), el.value);
  else sessionStorage.removeItem(key(el));
}

function insert(el, from, to, text) {
  el.setRangeText(text, from, to, 'end');
  keep(el);
  el.focus();
}

// The shortcut before the caret, where one is being typed.
function shortcut(el) {
  const before = el.value.slice(0, el.selectionStart);
  const found = /(?:^|\s)\/([\p{L}\p{N}._-]*)$/u.exec(before);
  return found && { from: before.length - found[1].length - 1, typed: found[1] };
}

function close() {
  const [el, list] = [area(), popup()];
  asked += 1;
  if (list) {
    list.hidden = true;
    list.replaceChildren();
  }
  for (const name of ['aria-controls', 'aria-activedescendant', 'aria-autocomplete']) el?.removeAttribute(name);
}

function choose(option) {
  const el = area();
  for (const other of popup().querySelectorAll('[role=option]')) other.setAttribute('aria-selected', String(other === option));
  el.setAttribute('aria-activedescendant', option.id);
  option.scrollIntoView({ block: 'nearest' });
}

function take(option) {
  const el = area();
  const at = shortcut(el);
  if (at) insert(el, at.from, el.selectionStart, option.dataset.text);
  close();
}

async function typed(el) {
  keep(el);
  if (el.value) writes(el.dataset.writing);
  const at = shortcut(el);
  if (!at) return close();
  asked += 1;
  const mine = asked;
  try {
    const { doc } = await load(`${el.dataset.canned}?q=${encodeURIComponent(at.typed)}`);
    if (mine !== asked) return;
    popup().replaceChildren(document.importNode(doc.getElementById('canned-list'), true));
    popup().hidden = false;
    el.setAttribute('aria-autocomplete', 'list');
    el.setAttribute('aria-controls', 'canned-list');
    const first = popup().querySelector('[role=option][data-text]');
    if (first) choose(first);
  } catch { close(); }
}

function pressed(event) {
  const el = event.target;
  if (el.id !== 'reply') return;
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    el.form.requestSubmit();
    return;
  }
  if (popup().hidden) return;
  const options = [...popup().querySelectorAll('[role=option][data-text]')];
  const at = options.findIndex((option) => option.getAttribute('aria-selected') === 'true');
  if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
    const step = event.key === 'ArrowDown' ? 1 : -1;
    if (options.length) choose(options[(at + step + options.length) % options.length]);
  } else if ((event.key === 'Enter' || event.key === 'Tab') && at >= 0) {
    take(options[at]);
  } else if (event.key === 'Escape') {
    close();
    event.stopPropagation();
  } else {
    return;
  }
  event.preventDefault();
}

export function compose() {
  const el = area();
  if (el && !el.value) el.value = sessionStorage.getItem(key(el)) ?? '';
  document.addEventListener('input', (event) => { if (event.target.id === 'reply') typed(event.target); });
  document.addEventListener('keydown', pressed, true);
  document.addEventListener('click', (event) => {
    const option = event.target.closest('#canned [role=option][data-text]');
    if (option) take(option);
    const inserter = event.target.closest('[data-insert]');
    if (inserter && area()) insert(area(), area().selectionStart, area().selectionEnd, inserter.dataset.insert);
  });
  document.addEventListener('console:done', (event) => {
    const el = area();
    if (!el) return;
    // What was sent is no draft any more; what was not outlives whatever else was done.
    if (event.detail === 'reply') sessionStorage.removeItem(key(el));
    else if (!el.value) el.value = sessionStorage.getItem(key(el)) ?? '';
  });
}

// Keys. What a key acts on says so itself (aria-keyshortcuts); nothing is listed here.

const wish = 'console.keys';
let before = '';

const typing = (el) => el.matches('input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]');

function act(el) {
  if (el.matches('input, textarea, select')) {
    el.focus();
  } else if (el.matches('summary')) {
    const details = el.parentElement;
    details.open = !details.open;
    const first = details.open && details.querySelector('input:not([type=hidden]), select, textarea, button');
    (first || el).focus();
  } else {
    el.click();
  }
}

function find(name) {
  for (const el of document.querySelectorAll('[aria-keyshortcuts]')) {
    if (el.getAttribute('aria-keyshortcuts') === name && !el.disabled && !el.closest('[hidden]')) return el;
  }
  return null;
}

// Up and down a list of tickets: rows of the queue, or the list beside a ticket.
function move(step) {
  const rows = [...document.querySelectorAll('tr[data-ticket], .list li[data-ticket]')].filter((row) => row.getClientRects().length);
  if (!rows.length) return;
  const at = rows.findIndex((row) => row.classList.contains('at') || row.contains(document.activeElement));
  const next = rows[Math.min(rows.length - 1, Math.max(0, at + step))];
  for (const row of rows) row.classList.toggle('at', row === next);
  next.querySelector('a').focus();
  next.scrollIntoView({ block: 'nearest' });
}

// The ticket after this one, or before it.
function jump(step) {
  const links = [...document.querySelectorAll('.list a')];
  const at = links.findIndex((link) => link.hasAttribute('aria-current'));
  const next = links[at + step];
  if (next) next.click();
}

function pressed(event) {
  const target = event.target;
  if (event.key === 'Escape') {
    const open = target.closest('details[open]');
    if (typing(target)) target.blur();
    if (open) {
      open.open = false;
      open.querySelector('summary').focus();
    }
    return;
  }
  if (event.ctrlKey || event.metaKey || event.altKey || typing(target) || document.querySelector('dialog[open]')) return;
  if (localStorage.getItem(wish) === 'off') return;
  const name = before ? `${before} ${event.key}` : event.key;
  before = '';
  if (event.key === 'g' && name === 'g') {
    before = 'g';
    setTimeout(() => { before = ''; }, 1500);
    return;
  }
  const moves = { j: () => move(1), k: () => move(-1), ']': () => jump(1), '[': () => jump(-1) };
  const el = find(name);
  if (el) act(el);
  else if (moves[name]) moves[name]();
  else return;
  event.preventDefault();
}

export function keys() {
  document.addEventListener('keydown', pressed);
  document.addEventListener('click', (event) => {
    const opener = event.target.closest('[data-open]');
    if (opener) document.getElementById(opener.dataset.open).showModal();
  });
  const box = document.getElementById('wish-keys');
  if (!box) return;
  box.checked = localStorage.getItem(wish) !== 'off';
  box.addEventListener('change', () => localStorage.setItem(wish, box.checked ? 'on' : 'off'));
}

// Moments in the reader's own zone, and what is left until something is due.

const day = new Intl.DateTimeFormat(undefined, { dateStyle: 'short', timeStyle: 'short' });
const hour = new Intl.DateTimeFormat(undefined, { timeStyle: 'short' });

// The service's clock is the one that counts.
let ahead = 0;
export function set(doc) {
  const now = Date.parse(doc.body.dataset.now ?? '');
  if (!Number.isNaN(now)) ahead = now - Date.now();
}
const now = () => Date.now() + ahead;

export function span(milliseconds) {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const [d, h, m, s] = [Math.floor(seconds / 86400), Math.floor(seconds / 3600) % 24, Math.floor(seconds / 60) % 60, seconds % 60];
  if (d) return `${d} d ${h} h`;
  if (h) return `${h} h ${String(m).padStart(2, '0')} min`;
  return m >= 10 ? `${m} min` : `${m}:${String(s).padStart(2, '0')} min`;
}

export function paint(root) {
  for (const time of root.querySelectorAll('time[data-local]')) {
    const at = new Date(time.dateTime);
    const today = at.toDateString() === new Date(now()).toDateString();
    time.title = time.dateTime;
    time.textContent = (today ? hour : day).format(at);
    time.removeAttribute('data-local');
  }
  for (const due of root.querySelectorAll('.due[data-due]')) {
    const left = Date.parse(due.dataset.due) - now();
    const late = left <= 0;
    const state = late ? 'late' : Date.parse(due.dataset.warn) <= now() ? 'soon' : 'fine';
    const text = late ? `late by ${span(-left)}` : `in ${span(left)}`;
    const shown = due.querySelector('.left');
    if (shown.textContent !== text) shown.textContent = text;
    for (const name of ['late', 'soon', 'fine']) due.classList.toggle(name, name === state);
  }
}

export function clock() {
  set(document);
  paint(document);
  setInterval(() => paint(document), 1000);
}

// Keeps what is shown as it is now, and sends forms without leaving the page. Pages come
// parsed by the browser itself: no string is ever made HTML here.
import { paint, set } from './clock.js';
import { alarm, wishes } from './alarm.js';

// Asks for a page.
export function load(address, body) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open(body ? 'POST' : 'GET', address);
    request.responseType = 'document';
    request.timeout = 20000;
    request.onload = () => {
      if (new URL(request.responseURL).pathname === '/console/sign-in') location.assign(request.responseURL);
      else if (request.response?.body) resolve({ doc: request.response, status: request.status, address: request.responseURL });
      else reject(new Error(String(request.status)));
    };
    request.onerror = request.ontimeout = () => reject(new Error('no connection'));
    if (body) request.setRequestHeader('content-type', 'application/x-www-form-urlencoded');
    request.send(body);
  });
}

export function say(text) {
  const said = document.getElementById('said');
  if (said) said.textContent = text;
}

function put(old, fresh) {
  const follow = old.matches('[data-follow]') && old.scrollHeight - old.scrollTop - old.clientHeight < 60;
  const open = [...old.querySelectorAll('details[open] > summary')].map((summary) => summary.textContent);
  const active = old.contains(document.activeElement) ? document.activeElement : null;
  const mark = active && (active.id ? `#${CSS.escape(active.id)}` : active.getAttribute('href') && `a[href="${CSS.escape(active.getAttribute('href'))}"]`);
  const top = old.scrollTop;
  fresh = document.importNode(fresh, true);
  for (const summary of fresh.querySelectorAll('details > summary')) {
    if (open.includes(summary.textContent)) summary.parentElement.open = true;
  }
  old.replaceWith(fresh);
  fresh.scrollTop = follow ? fresh.scrollHeight : top;
  if (mark) (fresh.querySelector(mark) ?? fresh).focus({ preventScroll: true });
}

// What a live page shows, without what the clock made of it.
const source = new Map();
function remember(doc) {
  for (const el of doc.querySelectorAll('[data-swap]')) source.set(el.id, el.outerHTML);
}

// Puts what is new of a page in place of what is shown.
export function swap(doc) {
  set(doc);
  for (const fresh of doc.querySelectorAll('[data-swap]')) {
    const old = document.getElementById(fresh.id);
    if (!old || source.get(fresh.id) === fresh.outerHTML) continue;
    source.set(fresh.id, fresh.outerHTML);
    put(old, fresh);
  }
  paint(document);
}

// What is told while a page is on its way may not be in it, and what a form has brought since
// is newer: both want it asked for again.
let busy = false;
let again = false;
let brought = 0;
export async function refresh() {
  again = busy;
  if (busy) return;
  busy = true;
  const before = brought;
  try {
    const { doc, status } = await load(location.href);
    again = again || before !== brought;
    if (status === 200 && before === brought) {
      const shown = tickets();
      swap(doc);
      alarm(shown, tickets());
      writing(doc);
    }
    document.body.classList.remove('offline');
  } catch {
    document.body.classList.add('offline');
  } finally {
    busy = false;
    if (again) later(50);
  }
}

const tickets = () => ({
  ids: [...document.querySelectorAll('[data-ticket]')].map((el) => el.dataset.ticket),
  said: document.querySelectorAll('.message.customer').length,
});

// What can be done follows from who has the ticket; an answer that is being written stays.
function writing(doc) {
  const [old, fresh] = [document.getElementById('compose'), doc.getElementById('compose')];
  if (!old || !fresh || old.contains(document.activeElement)) return;
  const text = old.querySelector('textarea');
  if (!text || !text.value) old.replaceWith(document.importNode(fresh, true));
}

async function sent(event) {
  const form = event.target;
  if (!form.matches('form[data-boost]')) return;
  event.preventDefault();
  const buttons = [...form.querySelectorAll('button:not(:disabled)')];
  for (const button of buttons) button.disabled = true;
  const verb = form.action.split('/').pop();
  const what = event.submitter?.textContent.trim() ?? '';
  try {
    const body = new URLSearchParams(new FormData(form, event.submitter)).toString();
    const { doc, status, address } = await load(form.action, body);
    brought += 1;
    if (form.hasAttribute('data-stay')) {
      const header = doc.querySelector('header.top');
      if (header) document.querySelector('header.top').replaceWith(document.importNode(header, true));
      wishes();
      await refresh();
    } else {
      const main = doc.getElementById('main');
      document.getElementById('main').replaceWith(document.importNode(main, true));
      remember(document);
      swap(doc);
      if (status < 300) history.replaceState(null, '', address.replace(/([?&])done=[^&]*&?/, '$1').replace(/[?&]$/, ''));
      const text = document.getElementById('reply');
      const list = document.getElementById('transcript');
      if (list) list.scrollTop = list.scrollHeight;
      if (status < 300) document.dispatchEvent(new CustomEvent('console:done', { detail: verb }));
      if (text && ['reply', 'take', 'note'].includes(verb)) text.focus();
      else document.getElementById('main').focus();
    }
    say(status < 300 ? `Done: ${what}` : 'Not done');
  } catch {
    say('No connection: nothing was sent. Try again.');
    document.body.classList.add('offline');
    for (const button of buttons) button.disabled = false;
  }
}

export function live() {
  remember(document);
  document.addEventListener('submit', sent);
  wishes();
  const list = document.getElementById('transcript');
  if (list) list.scrollTop = list.scrollHeight;
  if (!document.querySelector('[data-swap]')) return;
  follow();
  document.addEventListener('visibilitychange', () => { if (!document.hidden) refresh(); });
}

// Hears of changes as they happen, and asks every few seconds while it cannot.
let asking = 0;
let soon = 0;
function later(wait) {
  clearTimeout(soon);
  soon = setTimeout(refresh, wait);
}
function follow() {
  const here = document.querySelector('[data-live]');
  const events = new EventSource(here?.dataset.live ?? '/console/live');
  events.onopen = () => {
    // What happened between the page and this is not told.
    later(50);
    clearInterval(asking);
    asking = 0;
  };
  events.onerror = () => {
    if (!asking) asking = setInterval(() => { if (!document.hidden) refresh(); }, 5000);
    if (events.readyState === EventSource.CLOSED) setTimeout(follow, 10000);
  };
  // What happens here is shown at once; of all else a list is shown anew now and then.
  events.addEventListener('changed', (event) => later(event.data === here?.dataset.conversation ? 50 : 700));
  events.addEventListener('viewers', () => later(50));
  events.addEventListener('typing', () => typing());
}

let quiet = 0;
function typing() {
  const line = document.getElementById('typing');
  if (!line) return;
  line.hidden = false;
  clearTimeout(quiet);
  quiet = setTimeout(() => { line.hidden = true; }, 6000);
}

// Tells others at the ticket, and the customer, that an answer is being written.
let told = 0;
export function writes(address) {
  if (Date.now() - told < 5000) return;
  told = Date.now();
  const token = document.querySelector('input[name=csrf]').value;
  fetch(address, { method: 'POST', headers: { 'x-csrf-token': token } }).catch(() => {});
}

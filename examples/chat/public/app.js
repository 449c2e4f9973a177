// The chat's side of the conversation that Chat.php describes: joins, says, and keeps what was not confirmed.

import { Connection } from './connection.js';
import { View } from './view.js';

const $ = (id) => document.getElementById(id);
const TEXT_MAX = 1000;
const COUNT_FROM = 800;
const TYPING_EVERY_MS = 2500;
const TYPING_FOR_MS = 4000;

const view = new View();
const typing = new Map();
/** What we said and the server has not confirmed, by the number that we gave it. */
const unconfirmed = new Map();
let connection = null;
let room = '';
let name = '';
let you = 0;
let members = [];
let shown = new Set();
let wasTypingAt = 0;
let counter = 0;

// The door

// Remembered for the next visit; a browser that forbids it is no reason to stay outside.
const remembered = (() => { try { return localStorage.getItem('name') ?? ''; } catch { return ''; } })();
$('name').value = remembered;
$('room').value = decodeURIComponent(location.hash.slice(1)) || 'lobby';
(remembered ? $('room') : $('name')).focus();

$('join').addEventListener('submit', (event) => {
  event.preventDefault();
  name = $('name').value.trim();
  room = $('room').value.trim();
  if (!name || !room) return;
  try { localStorage.setItem('name', name); } catch { /* see above */ }
  history.replaceState(null, '', `#${encodeURIComponent(room)}`);
  $('enter').disabled = true;
  start();
});

$('leave').addEventListener('click', () => {
  connection.close();
  view.leave();
  $('enter').disabled = false;
});

$('people-button').addEventListener('click', () => {
  const open = $('people').classList.toggle('open');
  $('people-button').setAttribute('aria-expanded', open);
});

// The connection

function start() {
  unconfirmed.clear();
  shown = new Set();
  you = 0;
  connection = new Connection(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/`);
  connection.addEventListener('open', () => connection.send({ type: 'join', room, name, key: ownKey() }));
  connection.addEventListener('packet', ({ detail }) => on[detail.type]?.(detail));
  connection.addEventListener('state', ({ detail }) => showState(detail));
  connection.open();
}

function showState({ state, wait, reason }) {
  if (state === 'open') view.status('open', 'Connected');
  else if (state === 'connecting') view.status('connecting', you ? 'Connecting again…' : 'Connecting…');
  else if (state === 'waiting') {
    view.status('closed', `Connection lost, trying again in ${Math.ceil(wait / 1000)} s`);
    if (!you) doorNote('The server cannot be reached. Trying again…');
  } else {
    $('enter').disabled = false;
    view.leave(reason === 'joined again' ? 'This room was opened in another window.' : reason);
  }
}

const on = {
  joined(packet) {
    const back = you !== 0;
    you = packet.you.id;
    members = packet.members;
    name = packet.you.name;
    doorNote('');
    if (!back) view.enter(packet.room);
    connection.settled();
    // Everything is drawn anew from what the server knows; what it does not know yet is sent again below it.
    shown = new Set(packet.history.map(({ id }) => id));
    view.fill(packet.history.map((message) => (message.own ? { ...message, state: 'sent' } : message)));
    for (const entry of unconfirmed.values()) entry.item = null;
    for (const [client, entry] of unconfirmed) say(client, entry);
    showPeople();
  },

  said({ message }) {
    shown.add(message.id);
    const author = members.find((member) => member.name === message.name);
    if (author) stoppedTyping(author.id);
    view.message(message);
  },

  sent({ client, id, reached }) {
    const entry = unconfirmed.get(client);
    unconfirmed.delete(client);
    if (!entry) return;
    if (shown.has(id)) {
      // It had arrived before the connection broke: the history shows it already.
      entry.item.remove();
      return;
    }
    shown.add(id);
    if (reached) view.setState(entry.item, 'delivered', `delivered to ${reached}`);
    else view.setState(entry.item, 'sent');
  },

  refused({ reason, client }) {
    const entry = unconfirmed.get(client);
    if (entry) {
      unconfirmed.delete(client);
      view.setState(entry.item, 'refused', reason);
    }
    if (you) view.toast(reason);
    else {
      connection.close();
      doorNote(reason);
      $('enter').disabled = false;
    }
  },

  arrived({ member }) {
    members.push(member);
    view.event(`${member.name} came in`);
    showPeople();
  },

  left({ member }) {
    members = members.filter(({ id }) => id !== member.id);
    stoppedTyping(member.id);
    view.event(`${member.name} left`);
    showPeople();
  },

  typing({ id }) {
    clearTimeout(typing.get(id));
    typing.set(id, setTimeout(() => stoppedTyping(id), TYPING_FOR_MS));
    showTyping();
  },
};

// Speaking

function say(client, entry) {
  entry.item ??= view.message({ name, text: entry.text, at: entry.at, own: true, state: 'waiting' });
  connection.send({ type: 'say', client, text: entry.text });
}

$('composer').addEventListener('submit', (event) => {
  event.preventDefault();
  const text = $('text').value.trim();
  if (text) {
    const client = `${Date.now().toString(36)}-${counter++}`;
    const entry = { text, at: Date.now(), item: null };
    unconfirmed.set(client, entry);
    say(client, entry);
    $('text').value = '';
    wasTypingAt = 0;
    adjust();
  }
  $('text').focus();
});

$('text').addEventListener('keydown', (event) => {
  // isComposing: Enter then chooses a word in an input method, and sends nothing.
  if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) {
    event.preventDefault();
    $('composer').requestSubmit();
  }
});

$('text').addEventListener('input', () => {
  adjust();
  const now = Date.now();
  if ($('text').value.trim() && now - wasTypingAt > TYPING_EVERY_MS) {
    wasTypingAt = now;
    connection.send({ type: 'typing' });
  }
});

function adjust() {
  const box = $('text');
  box.style.height = 'auto';
  box.style.height = `${box.scrollHeight + 2}px`;
  const length = [...box.value].length;
  $('left').textContent = length >= COUNT_FROM ? `${TEXT_MAX - length}` : '';
}

// People

function showPeople() {
  members.sort((a, b) => a.name.localeCompare(b.name));
  view.people(members, you);
}

function stoppedTyping(id) {
  clearTimeout(typing.get(id));
  typing.delete(id);
  showTyping();
}

function showTyping() {
  view.typing(members.filter(({ id }) => typing.has(id)).map((member) => member.name));
}

function doorNote(text) {
  $('door-note').textContent = text;
}

/** This window's secret: tells the server, after a reconnect or a reload, that we are the same person. */
function ownKey() {
  let key = null;
  try { key = sessionStorage.getItem('key'); } catch { /* private mode: a new person after each reload */ }
  if (!key) {
    key = ownKey.fallback ??= [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, '0')).join('');
    try { sessionStorage.setItem('key', key); } catch { /* see above */ }
  }
  return key;
}

// What is seen. All text of people enters the page as text, never as HTML.

const $ = (id) => document.getElementById(id);
/** Messages of one person within this time stand together under one name. */
const GROUP_MS = 5 * 60_000;
/** Closer to the end than this, the reader is taken along when something new comes. */
const NEAR_END_PX = 80;

const STATES = {
  waiting: { sign: '◷', label: 'waiting for the connection' },
  sent: { sign: '✓', label: 'sent' },
  delivered: { sign: '✓✓', label: 'delivered' },
  refused: { sign: '!', label: 'not sent' },
};

export class View {
  #list = $('messages');
  #last = null;
  #lastDay = '';

  constructor() {
    $('newer').onclick = () => this.#toEnd();
    this.#list.addEventListener('scroll', () => {
      if (this.#isAtEnd()) $('newer').hidden = true;
    });
  }

  enter(room) {
    $('door').hidden = true;
    $('house').hidden = false;
    $('room-name').textContent = room;
    document.title = `#${room}`;
    $('text').focus();
  }

  leave(note = '') {
    $('house').hidden = true;
    $('door').hidden = false;
    $('door-note').textContent = note;
    document.title = 'Chat';
    this.clear();
  }

  clear() {
    this.#list.replaceChildren();
    this.#last = null;
    this.#lastDay = '';
  }

  status(state, text) {
    $('status').dataset.state = state;
    $('status-text').textContent = text;
  }

  toast(text) {
    const toast = $('toast');
    toast.textContent = text;
    toast.hidden = false;
    clearTimeout(this.toastTimer);
    this.toastTimer = setTimeout(() => { toast.hidden = true; }, 4000);
  }

  people(members, ownId) {
    $('people-count').textContent = members.length;
    $('people-list').replaceChildren(...members.map(({ id, name }) => {
      const item = element('li', '', face(name), element('span', '', name));
      if (id === ownId) item.append(element('span', 'you', 'you'));
      return item;
    }));
  }

  typing(names) {
    const who = new Intl.ListFormat('en').format(names.slice(0, 3));
    $('typing').textContent = names.length === 0 ? '' : `${who} ${names.length > 1 ? 'are' : 'is'} typing…`;
  }

  /** Fills the list without animation and shows its end. */
  fill(messages) {
    this.clear();
    this.#list.classList.add('filling');
    messages.forEach((message) => this.message(message));
    this.#toEnd();
    requestAnimationFrame(() => this.#list.classList.remove('filling'));
  }

  /** Adds a message and returns its element, for setState(). */
  message({ name, text, at, own, state }) {
    const stay = !own && !this.#isAtEnd();
    this.#day(at);
    const first = this.#last?.name !== name || this.#last.own !== own || at - this.#last.at > GROUP_MS;
    this.#last = { name, own, at };
    const time = element('time', '', clock(at));
    time.dateTime = new Date(at).toISOString();
    const bubble = element('div', 'bubble', element('span', 'meta', time), ...linked(text));
    // The time stands behind the text; as the first child it can float to the last line's end.
    bubble.append(bubble.firstChild);
    const item = element('li', 'message', face(name), element('div', 'who', name), bubble);
    item.classList.toggle('own', own);
    item.classList.toggle('first', first);
    item.style.setProperty('--hue', hue(name));
    if (own) item.setAttribute('aria-label', 'You');
    if (state) this.setState(item, state);
    this.#append(item, stay);
    return item;
  }

  event(text) {
    this.#last = null;
    this.#append(element('li', 'event', text), !this.#isAtEnd());
  }

  setState(item, state, label = STATES[state].label) {
    item.classList.toggle('waiting', state === 'waiting');
    item.classList.toggle('refused', state === 'refused');
    const meta = item.querySelector('.meta');
    meta.querySelector('.tick')?.remove();
    const tick = element('span', 'tick', ` ${STATES[state].sign}`);
    tick.title = label;
    tick.setAttribute('role', 'img');
    tick.setAttribute('aria-label', label);
    tick.dataset.state = state;
    meta.append(tick);
  }

  #day(at) {
    const day = new Date(at).toLocaleDateString([], { weekday: 'long', day: 'numeric', month: 'long' });
    if (day === this.#lastDay) return;
    this.#lastDay = day;
    this.#last = null;
    this.#append(element('li', 'event day', day), false);
  }

  #append(item, stay) {
    this.#list.append(item);
    if (stay) $('newer').hidden = false;
    else this.#toEnd();
  }

  #isAtEnd() {
    const { scrollHeight, scrollTop, clientHeight } = this.#list;
    return scrollHeight - scrollTop - clientHeight < NEAR_END_PX;
  }

  #toEnd() {
    this.#list.scrollTop = this.#list.scrollHeight;
    $('newer').hidden = true;
  }
}

function element(tag, className, ...children) {
  const node = document.createElement(tag);
  if (className) node.className = className;
  node.append(...children);
  return node;
}

function face(name) {
  const node = element('span', 'face', [...name][0].toUpperCase());
  node.style.setProperty('--hue', hue(name));
  node.setAttribute('aria-hidden', 'true');
  return node;
}

/** The same name has the same colour everywhere. */
function hue(name) {
  let hash = 0;
  for (const character of name) hash = (hash * 31 + character.codePointAt(0)) >>> 0;
  // Steps of the golden angle: names that hash close together still look apart.
  return Math.round(hash * 137.508) % 360;
}

const clock = (at) => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });

/** Text nodes, with web addresses as links. */
function linked(text) {
  return text.split(/(https?:\/\/[^\s<>"']*[^\s<>"'.,;:!?)\]])/).map((part, i) => {
    if (i % 2 === 0) return part;
    const link = element('a', '', part);
    link.href = part;
    link.target = '_blank';
    link.rel = 'noopener noreferrer';
    return link;
  });
}

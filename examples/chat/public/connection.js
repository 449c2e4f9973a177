// A WebSocket that comes back: it waits a little longer after each failure, and notices when the other side has
// silently gone. It knows nothing of chats; app.js decides what is said over it.

const WAIT_MIN_MS = 500;
const WAIT_MAX_MS = 15_000;
/** The server closes connections that are silent for a minute. */
const ALIVE_EVERY_MS = 20_000;
const ANSWER_WITHIN_MS = 8_000;
/** Close codes after which coming back would be wrong: replaced by another window, or not welcome from this page. */
const FINAL_CODES = new Set([4000, 4403]);

export class Connection extends EventTarget {
  #url;
  #socket = null;
  #failures = 0;
  #retry = 0;
  #alive = 0;
  #silence = 0;

  constructor(url) {
    super();
    this.#url = url;
    addEventListener('online', () => this.#hurry());
    document.addEventListener('visibilitychange', () => document.hidden || this.#hurry());
  }

  open() {
    clearTimeout(this.#retry);
    const socket = new WebSocket(this.#url);
    this.#socket = socket;
    this.#tell('state', { state: 'connecting' });
    socket.onopen = () => {
      this.#alive = setInterval(() => this.#checkIn(), ALIVE_EVERY_MS);
      this.#tell('open');
    };
    socket.onmessage = ({ data }) => {
      clearTimeout(this.#silence);
      this.#tell('packet', JSON.parse(data));
    };
    socket.onclose = ({ code, reason }) => this.#closed(socket, code, reason);
  }

  /** The other side is in order: the next failure starts counting anew. */
  settled() {
    this.#failures = 0;
    this.#tell('state', { state: 'open' });
  }

  /** False when it could not be sent. */
  send(packet) {
    if (this.#socket?.readyState !== WebSocket.OPEN) return false;
    this.#socket.send(JSON.stringify(packet));
    return true;
  }

  close() {
    clearTimeout(this.#retry);
    const socket = this.#socket;
    this.#socket = null;
    this.#stopTimers();
    socket?.close(1000);
  }

  #closed(socket, code, reason) {
    if (socket !== this.#socket) return;
    this.#stopTimers();
    this.#socket = null;
    if (FINAL_CODES.has(code)) {
      this.#tell('state', { state: 'closed', reason });
      return;
    }
    // Half of the wait is chance: after a restart of the server not everybody comes back at the same moment.
    const ceiling = Math.min(WAIT_MAX_MS, WAIT_MIN_MS * 2 ** this.#failures++);
    const wait = ceiling / 2 + Math.random() * ceiling / 2;
    this.#tell('state', { state: 'waiting', wait });
    this.#retry = setTimeout(() => this.open(), wait);
  }

  /** The network is back, or the page is looked at again: no reason to wait any longer. */
  #hurry() {
    if (this.#retry && this.#socket === null) this.open();
    else if (this.#socket) this.#checkIn();
  }

  #checkIn() {
    if (!this.send({ type: 'alive' })) return;
    clearTimeout(this.#silence);
    const socket = this.#socket;
    this.#silence = setTimeout(() => {
      // A dead peer will not answer a Close either.
      socket.close();
      this.#closed(socket, 1006, '');
    }, ANSWER_WITHIN_MS);
  }

  #stopTimers() {
    clearInterval(this.#alive);
    clearTimeout(this.#silence);
  }

  #tell(name, detail) {
    this.dispatchEvent(new CustomEvent(name, { detail }));
  }
}

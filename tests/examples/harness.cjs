// Starts an example on a free port, talks to it, stops it. What it prints is part of what the page promises.
'use strict';
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const os = require('node:os');
const path = require('node:path');
const { WebSocket } = require('ws');

const root = path.resolve(__dirname, '../..');
const extension = path.resolve(root, process.env.SWOOLE_SO || 'modules/swoole.so');
/** Longer than anything here takes on a busy machine; a test that waits so long has failed. */
const PATIENCE_MS = 10_000;

function freePort() {
  return new Promise((resolve, reject) => {
    const server = net.createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

/** Rejects when `promise` takes too long; `what` is said then. */
function within(promise, what) {
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited too long for ${what}`)), PATIENCE_MS);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/**
 * The example as printed, or, for several workers, a copy with one more set() in front of start().
 */
function scriptFor(name, workers) {
  const file = path.join(root, 'examples', `${name}.php`);
  if (workers === 1) return { file, cleanUp() {} };
  const text = fs.readFileSync(file, 'utf8');
  const start = /(\$[\w>-]+)->start\(\);/;
  if (!start.test(text)) throw new Error(`${name}.php has no start()`);
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'example-'));
  const copy = path.join(folder, `${name}.php`);
  fs.writeFileSync(copy, text.replace(start, `$1->set(['worker_num' => ${workers}]);\n$1->start();`));
  return { file: copy, cleanUp: () => fs.rmSync(folder, { recursive: true }) };
}

class Example {
  static async start(name, workers) {
    const example = new Example();
    example.port = await freePort();
    example.output = '';
    example.script = scriptFor(name, workers);
    example.child = spawn('php', ['-n', '-d', `extension=${extension}`, example.script.file], {
      env: { ...process.env, PORT: String(example.port) },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    example.exited = new Promise((resolve) => {
      // close comes after the last output, exit may come before it.
      example.child.once('close', (code, signal) => resolve({ code, signal }));
    });
    for (const stream of [example.child.stdout, example.child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        example.output += text;
        example.child.emit('printed');
      });
    }
    return example;
  }

  /** Resolves once the output so far matches. */
  async prints(pattern) {
    const matches = () => (pattern instanceof RegExp ? pattern.test(this.output) : this.output.includes(pattern));
    const seen = new Promise((resolve) => {
      const look = () => matches() && resolve();
      this.child.on('printed', look);
      look();
    });
    await within(seen, `the output ${pattern}`).catch((error) => {
      throw new Error(`${error.message}; it printed: ${JSON.stringify(this.output)}`);
    });
  }

  /** Calls `attempt` again while the server does not listen yet. */
  async whenListening(attempt) {
    const deadline = Date.now() + PATIENCE_MS;
    for (;;) {
      try {
        return await attempt();
      } catch (error) {
        if (error.code !== 'ECONNREFUSED' || Date.now() > deadline || this.child.exitCode !== null) {
          throw new Error(`${error.message}; it printed: ${JSON.stringify(this.output)}`);
        }
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
    }
  }

  connect(protocols = [], options = {}, target = '/') {
    return this.whenListening(() => Client.open(`ws://127.0.0.1:${this.port}${target}`, protocols, options));
  }

  /** SIGTERM, as an operator stops it. */
  async stop() {
    if (this.child.exitCode === null) this.child.kill('SIGTERM');
    const timer = setTimeout(() => {
      this.child.kill('SIGKILL');
      // Orphans may hold the other ends of the pipes; nobody waits for them.
      this.child.stdout.destroy();
      this.child.stderr.destroy();
    }, PATIENCE_MS);
    const end = await this.exited;
    clearTimeout(timer);
    this.script.cleanUp();
    return end;
  }
}

/** A WebSocket whose events can be awaited in order. */
class Client {
  static open(url, protocols, options) {
    const client = new Client();
    client.socket = new WebSocket(url, protocols, options);
    client.events = [];
    client.waiting = [];
    const event = (value) => {
      const next = client.waiting.shift();
      if (next) next(value);
      else client.events.push(value);
    };
    client.socket.on('upgrade', (response) => { client.headers = response.headers; });
    client.socket.on('message', (data, binary) => event({ type: 'message', data: binary ? data : data.toString() }));
    client.socket.on('ping', (data) => event({ type: 'ping', data: data.toString() }));
    client.socket.on('pong', (data) => event({ type: 'pong', data: data.toString() }));
    client.socket.on('close', (code, reason) => event({ type: 'close', code, reason: reason.toString() }));
    return new Promise((resolve, reject) => {
      client.socket.once('open', () => {
        client.socket.on('error', () => {});
        resolve(client);
      });
      client.socket.once('error', reject);
    });
  }

  send(data) { this.socket.send(data); }

  /** The next thing that happens on the connection. */
  next() {
    const event = this.events.shift();
    return event ? Promise.resolve(event) : within(new Promise((resolve) => this.waiting.push(resolve)), 'an event');
  }

  async close(code, reason) {
    this.socket.close(code, reason);
    for (;;) {
      const event = await this.next();
      if (event.type === 'close') return event;
    }
  }
}

module.exports = { Example, extension, root, within, PATIENCE_MS };

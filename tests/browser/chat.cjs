// The demo in a real browser: people in Chromium talk to each other through examples/chat.php.
// Screenshots stay in artifacts/. CHAT_COMMAND starts another server (its port comes in PORT): used to test the page alone.
'use strict';
const assert = require('node:assert/strict');
const { spawn } = require('node:child_process');
const fs = require('node:fs');
const net = require('node:net');
const path = require('node:path');
const { chromium } = require('playwright-core');
const { WebSocket } = require('ws');

const root = path.resolve(__dirname, '../..');
const artifacts = path.join(root, 'artifacts');
const extension = path.resolve(root, process.env.SWOOLE_SO || 'modules/swoole.so');
const PATIENCE_MS = 15_000;

class Server {
  async start(port) {
    this.port = port ?? await freePort();
    const command = process.env.CHAT_COMMAND || `php -n -d extension=${extension} examples/chat.php`;
    this.output = '';
    this.child = spawn('sh', ['-c', `exec ${command}`], {
      cwd: root, env: { ...process.env, PORT: String(this.port), LISTEN: '127.0.0.1' }, stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.exited = new Promise((resolve) => this.child.once('close', (code, signal) => resolve({ code, signal })));
    for (const stream of [this.child.stdout, this.child.stderr]) stream.on('data', (text) => { this.output += text; });
    await eventually(() => new Promise((resolve, reject) => {
      const probe = net.connect(this.port, '127.0.0.1', () => { probe.destroy(); resolve(); }).on('error', reject);
    }), 'the server to listen');
  }

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
    return end;
  }
}

function freePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer().once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** Tries until it does not throw. */
async function eventually(attempt, what) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    try {
      return await attempt();
    } catch (error) {
      if (Date.now() > deadline) throw new Error(`waited too long for ${what}: ${error.message}`);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** Somebody with a browser window of their own. */
class Person {
  static async arrive(browser, server, name, room, look = {}) {
    const person = new Person();
    person.context = await browser.newContext({ viewport: { width: 1100, height: 720 }, ...look });
    person.page = await person.context.newPage();
    person.page.setDefaultTimeout(PATIENCE_MS);
    person.problems = [];
    person.page.on('pageerror', (error) => person.problems.push(String(error)));
    person.page.on('console', (message) => {
      // A connection refused while the server restarts is logged by the browser itself.
      if (message.type() === 'error' && !/WebSocket connection|ERR_CONNECTION/.test(message.text())) {
        person.problems.push(message.text());
      }
    });
    await person.page.goto(`http://127.0.0.1:${server.port}/#${room}`);
    await person.page.getByLabel('Your name').fill(name);
    if (look.isMobile) await person.photograph('chat-door.png');
    await person.page.getByRole('button', { name: 'Enter' }).click();
    await person.page.locator('#status[data-state=open]').waitFor();
    return person;
  }

  async say(text) {
    await this.page.getByLabel('Message', { exact: true }).fill(text);
    await this.page.keyboard.press('Enter');
  }

  sees(text) {
    return this.page.locator('.message .bubble', { hasText: text }).last().waitFor();
  }

  /** The delivery state of the last own message with the text. */
  tick(text, state) {
    return this.page.locator('.message.own', { hasText: text }).locator(`.tick[data-state=${state}]`).last().waitFor();
  }

  photograph(name) {
    return this.page.screenshot({ path: path.join(artifacts, name), animations: 'disabled' });
  }
}

/** One story in steps; each step needs those before it. */
function story(browser, server) {
  let ada;
  let grace;
  let secondAda;
  return {
    async 'two people meet in a room and see each other'() {
      ada = await Person.arrive(browser, server, 'Ada', 'garden');
      grace = await Person.arrive(browser, server, 'Grace', 'garden', {
        viewport: { width: 390, height: 780 }, colorScheme: 'dark', isMobile: true, hasTouch: true,
      });
      await ada.page.locator('#people-list li', { hasText: 'Grace' }).waitFor();
      await ada.page.getByText('Grace came in').waitFor();
      assert.equal(await grace.page.locator('#people-count').textContent(), '2');
    },

    async 'a message arrives, and its sender learns that it did'() {
      await ada.say('Good morning! Is the server up?');
      await grace.sees('Good morning! Is the server up?');
      await ada.tick('Good morning!', 'delivered');
      await grace.say('Up and talking. One PHP script, one page.');
      await ada.sees('Up and talking.');
    },

    async 'HTML stays text'() {
      await ada.say('<img src=x onerror="document.title=1"> & <b>bold</b>');
      await grace.sees('<b>bold</b>');
      assert.equal(await grace.page.locator('.bubble img, .bubble b').count(), 0);
      assert.equal(await grace.page.title(), '#garden');
    },

    async 'an address becomes a link'() {
      await grace.say('Read (https://www.rfc-editor.org/rfc/rfc6455), it is short.');
      const link = ada.page.locator('.bubble a').last();
      assert.equal(await link.getAttribute('href'), 'https://www.rfc-editor.org/rfc/rfc6455');
      assert.match(await link.getAttribute('rel'), /noopener/);
    },

    async 'typing is seen by the others and ends with the message'() {
      await grace.page.getByLabel('Message', { exact: true }).pressSequentially('Hm');
      await ada.page.getByText('Grace is typing…').waitFor();
      await grace.say('Hm, and it comes back after a restart?');
      await ada.sees('Hm, and it comes back');
      await ada.page.getByText('Grace is typing…').waitFor({ state: 'hidden' });
    },

    async 'a newcomer gets the history, and a name of their own'() {
      secondAda = await Person.arrive(browser, server, 'Ada', 'garden');
      await secondAda.sees('Good morning! Is the server up?');
      await ada.page.locator('#people-list li', { hasText: 'Ada 2' }).waitFor();
    },

    async 'another room hears nothing of it'() {
      const hermit = await Person.arrive(browser, server, 'Hermit', 'cave');
      await ada.say('Only for the garden');
      await grace.sees('Only for the garden');
      assert.equal(await hermit.page.locator('.message').count(), 0);
      await hermit.context.close();
    },

    async 'who closes the window is gone'() {
      await secondAda.context.close();
      await ada.page.getByText('Ada 2 left').waitFor();
      assert.equal(await ada.page.locator('#people-list li').count(), 2);
    },

    async 'the page looks as it should on a screen and on a phone'() {
      await ada.say('Then let us ship it.');
      await grace.sees('Then let us ship it.');
      await ada.photograph('chat-screen.png');
      await grace.photograph('chat-phone.png');
      await grace.page.getByRole('button', { name: 'people here' }).click();
      await grace.page.locator('#people-list li', { hasText: 'you' }).waitFor();
      await grace.photograph('chat-phone-people.png');
      await grace.page.getByRole('button', { name: 'people here' }).click();
      assert.equal(await grace.page.locator('#people-list').isVisible(), false);
      for (const { page } of [ada, grace]) {
        const wide = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth);
        assert.equal(wide, false, 'nothing sticks out to the side');
      }
    },

    async 'a reload keeps the person and marks their messages as own'() {
      await grace.page.reload();
      await grace.page.getByRole('button', { name: 'Enter' }).click();
      await grace.page.locator('.message.own', { hasText: 'Up and talking.' }).waitFor();
      await ada.page.locator('#people-list li', { hasText: 'Grace' }).waitFor();
      assert.equal(await ada.page.locator('#people-list li').count(), 2);
    },

    async 'what is written while the server is away arrives when it is back'() {
      await server.stop();
      await ada.page.getByText('Connection lost').waitFor();
      await ada.say('Written in the dark');
      await ada.tick('Written in the dark', 'waiting');
      await server.start(server.port);
      await grace.sees('Written in the dark');
      await ada.page.locator('.message.own .tick:not([data-state=waiting])').last().waitFor();
      assert.equal(await grace.page.getByText('Written in the dark').count(), 1);
    },

    async 'limits hold against other pages than ours'() {
      const stranger = await open(server, { origin: 'http://evil.example' });
      assert.equal((await stranger.closed).code, 4403);
      const script = await open(server, {});
      const refusal = /1 to 24 characters/;
      assert.match((await script.ask({ type: 'join', room: 'garden', name: 'x'.repeat(25), key: 'k' })).reason, refusal);
      assert.equal((await script.ask({ type: 'join', room: 'pit', name: 'x'.repeat(24), key: 'k' })).type, 'joined');
      const say = (text) => script.ask({ type: 'say', client: text.slice(0, 9) + text.length, text });
      assert.equal((await say('ü'.repeat(1000))).type, 'sent');
      assert.match((await say('ü'.repeat(1001))).reason, /1 to 1000 characters/);
      assert.equal((await script.ask({ type: 'nonsense' })).type, 'refused');
      script.socket.terminate();
    },

    async 'a flood is refused after a burst'() {
      const script = await open(server, {});
      await script.ask({ type: 'join', room: 'pit', name: 'flood', key: 'f' });
      const answers = [];
      for (let i = 0; i < 15; i++) answers.push((await script.ask({ type: 'say', client: `f${i}`, text: 'spam' })).type);
      assert.equal(answers[0], 'sent');
      assert.ok(answers.includes('refused'));
      script.socket.terminate();
    },

    async 'nothing went wrong in any page'() {
      assert.deepEqual([...ada.problems, ...grace.problems], []);
    },
  };
}

/** A client without a page. */
function open(server, options) {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(`ws://127.0.0.1:${server.port}/`, options);
    const closed = new Promise((done) => socket.on('close', (code) => done({ code })));
    const ask = (packet) => new Promise((done) => {
      socket.once('message', (data) => done(JSON.parse(data)));
      socket.send(JSON.stringify(packet));
    });
    socket.once('open', () => resolve({ socket, closed, ask }));
    socket.once('error', reject);
  });
}

async function main() {
  fs.mkdirSync(artifacts, { recursive: true });
  const server = new Server();
  await server.start();
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    headless: true,
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync'],
  });
  let passed = 0;
  let failed = 0;
  for (const [title, step] of Object.entries(story(browser, server))) {
    try {
      await step();
      passed++;
      console.log(`ok      ${title}`);
    } catch (error) {
      failed++;
      console.log(`FAILED  ${title}\n        ${String(error.stack).replaceAll('\n', '\n        ')}`);
      // The steps after this one would only say the same again.
      break;
    }
  }
  await browser.close();
  const { code } = await server.stop();
  if (code !== 0) {
    failed++;
    console.log(`FAILED  the server stops cleanly: exit code ${code}`);
  }
  if (failed) console.log(`the server's output:\n${server.output}`);
  console.log(`${passed} passed, ${failed} failed`);
  process.exitCode = failed ? 1 : 0;
}

main();

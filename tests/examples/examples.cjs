// Every example does what the documentation says of it, seen by Node's `ws`; each with one worker and with three.
'use strict';
const assert = require('node:assert/strict');
const { execFileSync } = require('node:child_process');
const dgram = require('node:dgram');
const http = require('node:http');
const net = require('node:net');
const { Example, extension, within } = require('./harness.cjs');

const message = (data) => ({ type: 'message', data });

const servers = {
  async basic_server(example) {
    const client = await example.connect();
    await example.prints('server: handshake success with fd1\n');
    client.send('hello');
    assert.deepEqual(await client.next(), message('this is server'));
    await example.prints('receive from 1:hello,opcode:1,fin:1\n');
    client.send(Buffer.from('bytes'));
    assert.deepEqual(await client.next(), message('this is server'));
    await example.prints('receive from 1:bytes,opcode:2,fin:1\n');
    await client.close();
    await example.prints('client 1 closed\n');
  },

  async client_info(example) {
    const client = await example.connect();
    client.send('what am I?');
    await example.prints('It is a WebSocket connection');
  },

  async before_handshake_response(example) {
    const client = await example.connect([], {}, '/?room=garden');
    assert.equal(client.headers['x-room'], 'garden');
    client.send('hello');
    assert.deepEqual(await client.next(), message('this is server'));
  },

  async handshake(example) {
    const client = await example.connect(['chat']);
    assert.equal(client.headers['sec-websocket-version'], '13');
    assert.equal(client.socket.protocol, 'chat');
    await example.prints(/^[+/0-9A-Za-z]{22}==/);
    client.send('hello');
    assert.deepEqual(await client.next(), message('this is server'));
    const badKey = `GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n`
      + `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n`;
    assert.doesNotMatch(await exchange(example, badKey), /^HTTP\/1\.1 101/);
  },

  async handshake_defer(example) {
    const client = await example.connect();
    assert.deepEqual(await client.next(), message('hello, welcome\n'));
    await example.prints('Client connected\n');
  },

  request_broadcast: broadcastsRequests,
  object_oriented: broadcastsRequests,

  async several_ports(example) {
    const client = await example.connect();
    await example.prints(/^lines on \d+, packets on \d+\n/);
    const [lines, packets] = example.output.match(/\d+/g).map(Number);
    const stream = net.connect(lines, '127.0.0.1');
    const packet = dgram.createSocket('udp4');
    try {
      const told = within(new Promise((resolve) => {
        let text = '';
        stream.setEncoding('utf8').on('data', (data) => { if ((text += data) === 'told 1\ntold 1\n') resolve(); });
      }), 'both lines to be told');
      stream.write('one\ntwo\n');
      assert.deepEqual([await client.next(), await client.next()], [message('one'), message('two')]);
      await told;
      const answer = within(new Promise((resolve) => packet.once('message', resolve)), 'the answer to a packet');
      packet.send('three', packets, '127.0.0.1');
      assert.deepEqual(await client.next(), message('three'));
      assert.equal((await answer).toString(), 'told 1');
    } finally {
      stream.destroy();
      packet.close();
    }
  },

  async pack_over_tcp(example) {
    const answer = await exchange(example, 'anything', 'hello world\n');
    assert.match(answer, /^HTTP\/1\.1 101 Switching Protocols\r\n/);
    assert.ok(answer.endsWith('\r\n\r\n\x81\x0chello world\n'), JSON.stringify(answer));
  },

  async subprotocol(example) {
    const client = await example.connect(['chat']);
    assert.equal(client.headers['sec-websocket-protocol'], 'chat');
    assert.equal(client.socket.protocol, 'chat');
  },

  async close_frame(example) {
    const client = await example.connect();
    client.send('hello');
    await example.prints('Message received: hello\n');
    const end = await client.close(4001, 'bye');
    assert.equal(end.code, 4001);
    await example.prints('Close frame received: Code 4001 Reason bye\n');
  },

  async ping_frame(example) {
    const client = await example.connect();
    client.socket.ping('are you there?');
    assert.equal((await client.next()).type, 'pong');
    await example.prints('Ping frame received: Code 9\n');
    client.send('hello');
    await example.prints('Message received: hello\n');
  },

  async pong_frame(example) {
    const client = await example.connect();
    client.socket.pong('unasked');
    await example.prints('Pong frame received: Code 10\n');
    client.send('hello');
    await example.prints('Message received: hello\n');
  },

  async compression_server(example) {
    const compressing = await example.connect([], { perMessageDeflate: { threshold: 0 } });
    assert.match(compressing.headers['sec-websocket-extensions'], /^permessage-deflate/);
    compressing.send('hello');
    assert.deepEqual(await compressing.next(), message('Hello Swoole'));
    // The listing asks for compression whatever the client can do.
    const plain = await example.connect([], { perMessageDeflate: false });
    assert.equal(plain.headers['sec-websocket-extensions'], undefined);
    plain.send('hello');
    assert.deepEqual(await plain.next(), message('Hello Swoole'));
  },

  async send_ping_server(example) {
    const client = await example.connect();
    client.send('hello');
    assert.equal((await client.next()).type, 'ping');
  },
};

/** The client's listings run against the server's; `expected` is what the client prints. */
const clients = {
  compression_client: { server: 'compression_server', expected: '' },
  send_ping_client: { server: 'basic_server', expected: 'bool(true)\n' },
};

/** What an HTTP request's ?message= says reaches every WebSocket, whichever worker has it. */
async function broadcastsRequests(example) {
  const everybody = [];
  for (let i = 0; i < 6; i++) everybody.push(await example.connect());
  await example.prints('server: handshake success with fd6\n');
  http.get({ host: '127.0.0.1', port: example.port, path: '/?message=to%20all', agent: false })
    .on('response', (response) => response.resume())
    .on('error', () => {});
  for (const client of everybody) {
    assert.deepEqual(await client.next(), message('to all'));
  }
  everybody[0].send('hello');
  assert.deepEqual(await everybody[0].next(), message('this is server'));
  await everybody[0].close();
  await example.prints('client 1 closed\n');
}

/** Sends bytes, returns what comes back up to the end of the connection or of `until`. */
function exchange(example, bytes, until) {
  return example.whenListening(() => within(new Promise((resolve, reject) => {
    let received = '';
    const socket = net.connect(example.port, '127.0.0.1', () => socket.write(bytes));
    socket.setEncoding('latin1').on('data', (text) => {
      received += text;
      if (until ? received.endsWith(until) : received.endsWith('\r\n\r\n')) socket.end();
    });
    socket.on('close', () => resolve(received)).on('error', reject);
  }), 'an answer'));
}

async function checkServer(name, workers) {
  const example = await Example.start(name, workers);
  try {
    await servers[name](example);
  } finally {
    const { code, signal } = await example.stop();
    assert.deepEqual({ code, signal }, { code: 0, signal: null }, `it stops cleanly; it printed: ${example.output}`);
  }
}

async function checkClient(name) {
  const { server, expected } = clients[name];
  const example = await Example.start(server, 1);
  try {
    await (await example.connect()).close();
    const printed = execFileSync('php', ['-n', '-d', `extension=${extension}`, `examples/${name}.php`], {
      env: { ...process.env, PORT: String(example.port) }, encoding: 'utf8', timeout: 10_000,
    });
    assert.equal(printed, expected);
  } finally {
    await example.stop();
  }
}

async function main(wanted) {
  const count = { passed: 0, failed: 0, skipped: 0 };
  const test = async (title, check) => {
    if (wanted.length && !wanted.some((text) => title.includes(text))) return;
    try {
      await check();
      count.passed++;
      console.log(`ok      ${title}`);
    } catch (error) {
      count.failed++;
      console.log(`FAILED  ${title}\n        ${String(error.stack).replaceAll('\n', '\n        ')}`);
    }
  };
  for (const name of Object.keys(servers)) {
    for (const workers of [1, 3]) {
      await test(`${name}.php, ${workers} worker${workers > 1 ? 's' : ''}`, () => checkServer(name, workers));
    }
  }
  for (const name of Object.keys(clients)) {
    await test(`${name}.php`, () => checkClient(name));
  }
  console.log(`${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
  process.exitCode = count.failed ? 1 : 0;
}

main(process.argv.slice(2));

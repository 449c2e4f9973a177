// Our client against Node's `ws`: plain, compressed with and without context takeover, through TLS.
'use strict';
const assert = require('node:assert/strict');
const { execFileSync, spawn } = require('node:child_process');
const { mkdtempSync, readFileSync, rmSync } = require('node:fs');
const { createServer } = require('node:https');
const { tmpdir } = require('node:os');
const { join } = require('node:path');
const { WebSocketServer } = require('ws');
const { extension, within } = require('./harness.cjs');

const OPTIONS = { maxPayload: 8 << 20, handleProtocols: (offered) => offered.values().next().value };

/** Serves until the PHP client has ended; what it printed, and how the server saw the end. */
async function meet(options, flags, listen) {
  const server = new WebSocketServer({ ...OPTIONS, ...options });
  const closed = new Promise((resolve) => server.on('connection', (socket) => {
    socket.on('message', (data, binary) => socket.send(data, { binary }));
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  }));
  const listener = listen ? listen(server) : server;
  await new Promise((resolve) => listener.on('listening', resolve));
  const args = ['-n', '-d', `extension=${extension}`, 'tests/examples/client.php', 'localhost', listener.address().port, ...flags];
  let printed = '';
  const php = spawn('php', args, { stdio: ['ignore', 'pipe', 'inherit'] });
  php.stdout.on('data', (text) => { printed += text; });
  await within(new Promise((resolve) => php.on('close', resolve)), 'the client to end');
  assert.equal(printed.split(', ')[0], 'echo', printed);
  const end = await within(closed, 'the server to see the end');
  server.close();
  if (listen) listener.close();
  return { printed, end };
}

const plain = { port: 0, host: 'localhost', perMessageDeflate: false };
const deflating = { ...plain, perMessageDeflate: { threshold: 0 } };
const ENDS = ', three parts in one, 10 hello?, true\n';

const tests = {
  async 'ws, plain'() {
    return [await meet(plain, []), /^echo, plain/];
  },
  async 'ws, offered compression and declined'() {
    return [await meet(plain, ['--deflate']), /^echo, plain/];
  },
  async 'ws, compressed'() {
    return [await meet(deflating, ['--deflate']), /^echo, permessage-deflate; .*no_context_takeover/];
  },
  async 'ws, compressed with context takeover'() {
    return [await meet(deflating, ['--takeover']), /^echo, permessage-deflate,/];
  },
  async 'ws, through TLS with an authority of its own'() {
    const folder = mkdtempSync(join(tmpdir(), 'wss-'));
    try {
      const openssl = (command) => execFileSync('openssl', command.split(' '), { cwd: folder, stdio: 'ignore' });
      const key = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes';
      openssl(`req -x509 -days 2 -subj /CN=Authority -keyout ca.key -out ca.pem ${key}`);
      openssl(`req -subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout key.pem -out csr.pem ${key}`);
      openssl('x509 -req -days 2 -in csr.pem -copy_extensions copy -CA ca.pem -CAkey ca.key -CAcreateserial -out cert.pem');
      const read = (name) => readFileSync(join(folder, name));
      const https = createServer({ cert: read('cert.pem'), key: read('key.pem') });
      const listen = () => https.listen(0, 'localhost');
      const options = { server: https, perMessageDeflate: { threshold: 0 } };
      return [await meet(options, ['--deflate', `--tls=${join(folder, 'ca.pem')}`], listen), /^echo, permessage-deflate/];
    } finally {
      rmSync(folder, { recursive: true });
    }
  },
};

async function main(wanted) {
  const count = { passed: 0, failed: 0 };
  for (const [name, test] of Object.entries(tests)) {
    if (wanted.length && !wanted.some((text) => name.includes(text))) continue;
    try {
      const [{ printed, end }, expected] = await test();
      assert.match(printed, expected);
      assert.ok(printed.endsWith(ENDS), printed);
      assert.deepEqual(end, { code: 4000, reason: 'bye' });
      count.passed++;
      console.log(`ok      client against ${name}`);
    } catch (error) {
      count.failed++;
      console.log(`FAILED  client against ${name}\n        ${String(error.stack).replaceAll('\n', '\n        ')}`);
    }
  }
  console.log(`${count.passed} passed, ${count.failed} failed, 0 skipped`);
  process.exitCode = count.failed ? 1 : 0;
}

main(process.argv.slice(2));

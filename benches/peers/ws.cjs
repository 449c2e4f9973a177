// The benchmark's server on Node and `ws`: node ws.cjs PORT [echo|broadcast|deflate]
'use strict';
const { WebSocketServer } = require('ws');

const [port, task = 'echo'] = process.argv.slice(2);
const server = new WebSocketServer({
  host: '127.0.0.1',
  port: Number(port),
  maxPayload: 64 << 20,
  // The library's threshold for compression is 1024 bytes; the scenario's messages must be compressed.
  perMessageDeflate: task === 'deflate' && { threshold: 512 },
});

server.on('connection', (socket) => {
  socket.on('message', (data, isBinary) => {
    if (task !== 'broadcast') {
      socket.send(data, { binary: isBinary });
      return;
    }
    for (const client of server.clients) {
      client.send(data, { binary: isBinary });
    }
  });
});

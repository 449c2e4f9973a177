// The benchmark's server on Bun: bun bun.js PORT [echo|broadcast|deflate]
const [port, task = 'echo'] = process.argv.slice(2);

const server = Bun.serve({
  hostname: '127.0.0.1',
  port: Number(port),
  fetch(request, server) {
    return server.upgrade(request) ? undefined : new Response('WebSocket only\n', { status: 426 });
  },
  websocket: {
    maxPayloadLength: 64 << 20,
    backpressureLimit: 64 << 20,
    perMessageDeflate: task === 'deflate',
    open(socket) {
      if (task === 'broadcast') socket.subscribe('all');
    },
    message(socket, data) {
      if (task === 'broadcast') server.publish('all', data);
      else socket.send(data, task === 'deflate');
    },
  },
});

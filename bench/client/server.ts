import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { said } from './answers.ts';

// A server on loopback that gives each API its fixed answer. It has its own process, so that it does not slow down what is
// measured, and ends with its parent.

const apis = Object.entries(said).map(([path, { answer, events }]) => ({
  path,
  answer: Buffer.from(JSON.stringify(answer)),
  events: events.map((event) => Buffer.from(event)),
}));

const server = createServer(async (request, response) => {
  const body = await text(request);
  const api = apis.find(({ path }) => request.url?.startsWith(path));
  if (!api) {
    response.writeHead(404).end();
  } else if (request.url?.endsWith('/stream') || body.includes('"stream":true')) {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'x-request-id': 'request-1' });
    // Each in its own HTTP chunk, as when a model writes one after the other.
    for (const event of api.events) response.write(event);
    response.end();
  } else {
    response.writeHead(200, {
      'content-type': 'application/json',
      'content-length': api.answer.length,
      'x-request-id': 'request-1',
    });
    response.end(api.answer);
  }
});
// Connections stay open for as long as it takes to measure the other clients.
server.keepAliveTimeout = 600_000;
server.listen(0, '127.0.0.1', () => process.send?.(server.address()));
process.on('disconnect', () => process.exit());

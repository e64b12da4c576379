import { createServer, type RequestListener } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { listen } from '../testing/loopback-bedrock.ts';
import { fetchJson } from './fetch-json.ts';

async function serve(answer: RequestListener): Promise<URL> {
  const server = createServer(answer);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return new URL('/keys', await listen(server));
}

test('a document on this machine is fetched over HTTP', async () => {
  const url = await serve((_request, response) => response.end('{"keys":[]}'));
  expect(await fetchJson(url)).toEqual({ keys: [] });
});

test.each([
  'http://login.example.com/keys',
  'http://127.0.0.1.example.com/keys',
  'ftp://login.example.com/keys',
])('%s is not fetched, because any machine could answer', async (url) => {
  await expect(fetchJson(new URL(url))).rejects.toThrow('neither HTTPS nor on this machine');
});

test.each([
  ['a status other than 200', 404, '{}'],
  ['a redirect', 302, '{}'],
  ['a body that is not JSON', 200, '<html>'],
])('%s is an error', async (_name, status, body) => {
  const url = await serve((_request, response) => {
    response.writeHead(status, { location: '/elsewhere' }).end(body);
  });
  await expect(fetchJson(url)).rejects.toThrow();
});

test('an answer that breaks off is an error', async () => {
  const url = await serve((_request, response) => {
    response.writeHead(200, { 'content-length': '100' });
    response.write('{', () => response.destroy());
  });
  await expect(fetchJson(url)).rejects.toThrow();
});

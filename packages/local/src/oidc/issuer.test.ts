import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { closeServer, listenOnLoopback } from '../loopback.ts';
import { startIssuer } from './issuer.ts';

test('it listens where it is asked to, and on another port where a program does already', async () => {
  const other = createServer();
  const taken = Number(new URL(await listenOnLoopback(other)).port);
  const moved = await startIssuer(taken);
  onTestFinished(() => moved.close());
  expect(new URL(moved.url).port).not.toBe(String(taken));
  expect(moved.takenPort).toBe(taken);
  await closeServer(other);
  const asked = await startIssuer(taken);
  onTestFinished(() => asked.close());
  expect(new URL(asked.url).port).toBe(String(taken));
});

test('a shell gets a token alone, and an app as OAuth says', async () => {
  const issuer = await startIssuer();
  onTestFinished(() => issuer.close());
  issuer.standFor({ issuers: ['https://issuer.example.com'], audience: ['app'], claim: 'team' });
  const body = 'team=toll';
  const headers = { 'content-type': 'application/x-www-form-urlencoded' };
  const alone = await fetch(`${issuer.url}/jwt`, { method: 'POST', headers, body });
  expect(await alone.text()).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
  const oauth = await fetch(`${issuer.url}/token`, { method: 'POST', headers, body });
  expect(await oauth.json()).toMatchObject({ access_token: expect.any(String), token_type: 'Bearer' });
  const unnamed = await fetch(`${issuer.url}/jwt`, { method: 'POST' });
  expect([unnamed.status, await unnamed.json()]).toMatchObject([400, { error: 'invalid_request' }]);
});

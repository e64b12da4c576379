import { headers } from '@org/contract';
import { issuerEnvironment, setUpSignIn, startIssuer } from '@org/local/oidc';
import { expect, onTestFinished, test } from 'vitest';
import { type ConfigName, configs } from './configs.ts';
import { type SystemOptions, startSystem } from './harness.ts';
import { commandLine } from './keys/command-line.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

/** A deployment on this machine, and its command line. */
async function start(config: ConfigName, options: SystemOptions = {}) {
  const system = await startSystem(config, options);
  let now = noon;
  const proxy = await commandLine(new URL(system.url).origin, configs[config], () => now);
  const show = async (id: string, ...args: string[]) => {
    const { code, stdout, stderr } = await proxy('requests', 'show', id, ...args);
    expect(code, stderr).toBe(0);
    return stdout;
  };
  const later = (ms: number) => {
    now += ms;
  };
  return { ...system, proxy, show, later };
}

const idOf = ({ headers: sent }: { readonly headers: Headers }) => sent.get(headers.requestId) ?? '';

test('a request is found by its id: what it asked, held and was charged, and nothing of its prompt', async () => {
  const { ask, bills, show, keyValue } = await start('counted');
  const question = 'What is the canary 7781?';
  const answer = await ask('shared-key', { question });
  const id = idOf(answer);
  const text = await show(id);
  expect(text).toMatch(/^team +sharing$/m);
  expect(text).toMatch(/^key +shared-key$/m);
  expect(text).toMatch(/^model +llama$/m);
  expect(text).toMatch(/It was answered with status 200 after .*s\.\nHeld before the call: 1 request, /);
  expect(text).not.toContain('canary');
  expect(text).not.toContain(keyValue('shared-key'));
  const { request } = JSON.parse(await show(id, '--json'));
  expect(request).toMatchObject({ team: 'sharing', keyName: 'shared-key', status: 200 });
  expect(request.usage.inputTokens).toBe(bills[0]?.inputTokens);
  expect(request.charged.usd).toBeLessThanOrEqual(request.held.usd);
});

test('a refusal says which limit refused it, and that nothing is charged', async () => {
  const { ask, show } = await start('counted');
  for (let call = 0; call < 5; call += 1) await ask('shared-key');
  const text = await show(idOf(await ask('shared-key')));
  expect(text).toContain('It ended with the error quota_exceeded, status 429');
  expect(text).toContain(
    'The limit requests/day of the team refused it: 5 of 5 were used. It resets at 2026-11-23',
  );
  expect(text).toContain('Nothing was held, and nothing is charged.');
  const tooMuch = await show(idOf(await ask('thrifty-key', { maxTokens: 8000 })));
  expect(tooMuch).toMatch(
    /The limit tokens\/month of the team allows 2,000, and the call alone may need [\d,]+\./,
  );
});

test('an answer of another API has an id that is found too', async () => {
  const { send, keyValue, show } = await start('everything');
  const model = 'nova-lite';
  const messages = [{ role: 'user', content: 'Hi' }];
  for (const [path, body] of [
    ['/v1/chat/completions', { model, messages }],
    ['/v1/responses', { model, input: 'Hi' }],
    ['/v1/messages', { model, messages, max_tokens: 20 }],
  ] as const) {
    const { json } = await send({ key: keyValue('all-key'), path, body });
    expect(await show(String(Object(json()).id))).toMatch(/^model +nova-lite$/m);
  }
});

test('what is in no log is said to be in none, with the reasons that there can be', async () => {
  const { ask, send, show, later, proxy } = await start('counted');
  const refused = await send({ key: 'unknown', body: {} });
  const missing = await proxy('requests', 'show', idOf(refused));
  expect(missing).toMatchObject({ code: 1, stdout: '' });
  expect(missing.stderr).toMatch(
    /^error: No log has a line of it between 2026-11-21T12:00:00.000Z and 2026-11-22T12/m,
  );
  expect(missing.stderr).toContain('this deployment has none (accessLog)');
  expect(await proxy('requests', 'show', idOf(refused), '--json')).toMatchObject({
    code: 1,
    stdout: expect.stringContaining('"searchedBytes"'),
  });
  const id = idOf(await ask('shared-key'));
  later(2 * 24 * 60 * 60 * 1000);
  expect((await proxy('requests', 'show', id)).stderr).toContain('No log has a line of it');
  expect(await show(id, '--days', '3')).toContain('It was answered with status 200');
  for (const odd of ['a" or message = "request', 'a | fields @message', '', "a'"]) {
    const { code, stderr } = await proxy('requests', 'show', odd);
    expect([code, stderr]).toEqual([1, expect.stringContaining('cannot be the id of a request')]);
  }
});

test('a sign-in token that was refused is found in the log of the authorizer', async () => {
  const issuer = await startIssuer();
  onTestFinished(() => issuer.close());
  const { gateway, send, show } = await start('signed-in', { environment: issuerEnvironment(issuer) });
  await setUpSignIn(gateway, issuer, configs['signed-in']);
  const body = { model: 'llama', question: 'Hi' };
  const token = await issuer.issue('thrifty', { sub: 'ann' });
  const accepted = await send({ headers: { authorization: `Bearer ${token}` }, body });
  expect(await show(idOf(accepted))).toContain('The sign-in token was accepted, for the team thrifty.');
  const [head, payload] = token.split('.');
  const forged = await send({ headers: { authorization: `Bearer ${head}.${payload}.AAAA` }, body });
  expect(forged.status).toBe(401);
  expect(await show(idOf(forged))).toMatch(/^The credential was refused: \w+\.$/m);
});

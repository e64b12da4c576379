import { expect, test } from 'vitest';
import { configs } from './configs.ts';
import { startSystem } from './harness.ts';
import { commandLine } from './keys/command-line.ts';

test("a config of 2,000 teams, too large for a function's environment, answers under each team's plan and each key's limits", async () => {
  const { gateway, ask, send, bedrock } = await startSystem('populous');
  expect(gateway.functions.map(({ environment }) => 'PROXY_CONFIG' in environment)).not.toContain(true);

  expect((await ask('key-0')).status).toBe(200);
  expect((await ask('key-0')).error()).toMatchObject({
    code: 'quota_exceeded',
    details: { scope: 'key', max: 1 },
  });
  for (let call = 0; call < 3; call += 1) expect((await ask('key-58')).status).toBe(200);
  expect((await ask('key-58')).error()).toMatchObject({
    code: 'quota_exceeded',
    details: { scope: 'team', max: 3 },
  });
  for (let call = 0; call < 4; call += 1) expect((await ask('key-59')).status).toBe(200);
  const targets = new Set(bedrock.received.map(({ modelId }) => modelId));
  expect([...targets]).toEqual(
    Array(2).fill(expect.stringMatching(/application-inference-profile\/[a-z0-9]+$/)),
  );

  const now = () => Date.parse('2026-11-22T12:00:00Z');
  const proxy = await commandLine(new URL(gateway.url).origin, configs.populous, now);
  const made = await proxy('keys', 'create', 'last-app', '--team', 'team-1999');
  const body = { model: 'llama', question: 'What is a dystopia?' };
  expect((await send({ key: made.stdout, body })).status).toBe(200);
});

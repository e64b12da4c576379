import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { configs } from './configs.ts';
import { startSystem } from './harness.ts';
import { commandLine } from './keys/command-line.ts';

test('the command line manages a deployment in the stack of another app, by its name', async () => {
  const { url, send } = await startSystem('counted', { assembly: join(inject('assemblies'), 'platform') });
  const noon = Date.parse('2026-11-22T12:00:00Z');
  const proxy = await commandLine(new URL(url).origin, configs.counted, () => noon);
  const here = ['--stack', 'Platform'];

  const made = await proxy('keys', 'create', 'app', '--team', 'sharing', ...here);
  expect(made.stderr).toContain('counted-dev in the stack Platform');
  const answer = await send({ key: made.stdout, body: { model: 'llama', question: 'What is a dystopia' } });
  expect(answer.status).toBe(200);
  expect((await proxy('usage', '--team', 'sharing', ...here)).stdout).toMatch(/sharing .*\b1\b/);
  const listed = await proxy('keys', 'list', '--json', ...here);
  expect(JSON.parse(listed.stdout)).toContainEqual(
    expect.objectContaining({ source: 'config', state: 'active', id: expect.stringMatching(/^\w{10}$/) }),
  );
  const only = 'plans,log-retention,function-time,alarms,log-without-content';
  const proven = await proxy('prove', '--only', only, '--json', ...here);
  expect(JSON.parse(proven.stdout)).toEqual(
    expect.arrayContaining(
      only.split(',').map((name) => expect.objectContaining({ name, outcome: 'holds' })),
    ),
  );
  const elsewhere = await proxy('keys', 'list');
  expect(elsewhere).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('runs Platform, and not counted-dev'),
  });
});

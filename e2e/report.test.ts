import { expect, test } from 'vitest';
import { configs } from './configs.ts';
import { startSystem } from './harness.ts';
import { commandLine } from './keys/command-line.ts';

const noon = Date.parse('2026-11-22T12:00:00Z');

/** A deployment on this machine, and its command line. */
async function start() {
  const system = await startSystem('counted');
  const proxy = await commandLine(new URL(system.url).origin, configs.counted, () => noon);
  const done = async (...args: string[]) => {
    const { code, stdout, stderr } = await proxy(...args);
    expect(code, stderr).toBe(0);
    return { stdout, stderr };
  };
  return { ...system, proxy, done };
}

test('a report says what was spent and refused, who is near a limit, and what a month can cost', async () => {
  const { ask, done, logs, proxy } = await start();
  for (let call = 0; call < 5; call += 1) expect((await ask('shared-key')).status).toBe(200);
  expect((await ask('shared-key')).error()).toMatchObject({ code: 'quota_exceeded' });
  expect((await ask('thrifty-key', { maxTokens: 100_000 })).status).toBe(400);

  const report = JSON.parse((await done('report', '--json')).stdout);
  const charged = logs.map((line) => JSON.parse(line).charged?.usd ?? 0).reduce((sum, usd) => sum + usd, 0);
  expect(Math.round(report.total.usd * 1e6)).toBe(charged);
  expect(report).toMatchObject({
    ...{ from: '2026-11-01', to: '2026-11-22' },
    teams: [
      { team: 'sharing', requests: 5, refused: 1 },
      { team: 'thrifty', requests: 0, refused: 1 },
    ],
    errors: expect.arrayContaining([{ code: 'quota_exceeded', failed: 0, refused: 1 }]),
    nearLimit: [{ team: 'sharing' }],
    latency: { calls: 5 },
  });
  expect(report.days).toHaveLength(22);

  const { stdout, stderr } = await done('report');
  expect(stdout).toMatch(/^counted-dev, 2026-11-01 to 2026-11-22 UTC\n\nSpent \$0\.\d+ on 5 requests with /);
  expect(stdout).toMatch(/^2026-11-22 +█+ +\$0\.\d+ +5 /m);
  expect(stdout).toMatch(/^sharing +\$0\.\d+ +5 .*\nthrifty +\$0\.00 +0 /m);
  expect(stdout).toMatch(/^quota_exceeded +0 +1$/m);
  expect(stdout).toMatch(/At 80 % of a limit, or above:\n\n.*\nsharing +few +requests\/day .* 100 % /);
  expect(stdout).toContain('per month for all teams, by the limits in force now');
  expect(stderr).not.toContain('CloudWatch searched');

  const one = await done('report', '--team', 'thrifty', '--from', '2026-11-22');
  expect(one.stdout).toMatch(
    /^counted-dev, team thrifty, 2026-11-22 to 2026-11-22 UTC\n\nSpent \$0\.00 on 0 requests/,
  );
  expect(one.stdout).not.toContain('sharing');
  expect((await done('report', '--month', '2026-10')).stderr).toContain(
    'calls before 2026-10-24 are missing',
  );
  for (const [args, message] of [
    [['--month', '2026-12'], /has not begun/],
    [['--from', '2026-02-30'], /"2026-02-30" is not a day/],
    [['--from', '2026-11-23'], /is after the last/],
    [['--month', '2026-11', '--from', '2026-11-02'], /cannot be used with/],
    [['--team', 'a" or "'], /cannot be used/],
  ] as const) {
    const { code, stderr: said } = await proxy('report', ...args);
    expect([code > 0, said]).toEqual([true, expect.stringMatching(message)]);
  }
});

test('what a month can cost follows the limits that were changed at run time, and teams made at run time', async () => {
  const { done } = await start();
  const cost = async () => JSON.parse((await done('report', '--json')).stdout).cost;
  const before = await cost();
  await done('limits', 'raise', '--team', 'sharing', '--limit', 'requests/day=10', '--until', '8h');
  const raised = await cost();
  const ofTeam = (statement: { teams: { team: string; usd: number }[] }, name: string) =>
    statement.teams.find(({ team }) => team === name)?.usd ?? Number.NaN;
  expect(ofTeam(raised, 'sharing')).toBeCloseTo(2 * ofTeam(before, 'sharing'), 6);
  await done('limits', 'set', '--team', 'sharing', '--limit', 'usd/month=1.5');
  expect(ofTeam(await cost(), 'sharing')).toBe(1.5);
  await done('teams', 'create', 'acme', '--plan', 'few');
  await done('keys', 'create', 'acme-app', '--team', 'acme', '--limit', 'usd/day=0.01');
  const { usd, teams } = await cost();
  expect(ofTeam({ teams }, 'acme')).toBeGreaterThan(0);
  expect(usd).toBeCloseTo(
    teams.reduce((sum: number, each: { usd: number }) => sum + each.usd, 0),
    6,
  );
});

import { checkOff, listTeams } from '@org/admin';
import { issuerEnvironment, setUpSignIn, startIssuer } from '@org/local/oidc';
import { expect, onTestFinished, test, vi } from 'vitest';
import { configs } from '../configs.ts';
import { costOf } from '../harness.ts';
import { named, startProving } from './proving.ts';

// A run has some two hundred requests, and a busy machine is slow.
vi.setConfig({ testTimeout: 180_000 });

/** What these configs, or a machine without an account, have nothing to show by. */
const always = ['doctor', 'long-answer', 'sign-in', 'alarm-notices', 'access-log'];

test('the shipped deployment keeps every promise, and nothing is left of the run', async () => {
  const { run, deployment, bills } = await startProving('shipped');
  const results = await run();
  expect(results.filter(({ outcome }) => outcome === 'broken')).toEqual([]);
  expect(named(results, 'not shown')).toEqual(expect.arrayContaining(always));
  const billedUsd = bills.reduce((sum, bill) => sum + costOf(bill.modelId, bill), 0) / 1_000_000;
  expect(billedUsd).toBeGreaterThan(0);
  expect(billedUsd).toBeLessThan(0.05);
  const teams = await listTeams(deployment);
  expect(teams.filter(({ source }) => source === 'run-time')).toEqual([]);
  // Every item of the checklist names the requests that show it, where it was shown by requests.
  const checked = checkOff(results);
  expect(checked.filter(({ outcome }) => outcome === 'broken')).toEqual([]);
  expect(checked.find(({ statement }) => /over its limit/.test(statement))).toMatchObject({
    outcome: 'holds',
    because: [{ requestIds: expect.arrayContaining([expect.any(String)]) }, {}],
  });
});

test('an answer longer than API Gateway waits for without streaming is shown if a model is slow enough', async () => {
  const { run, deployment, bills } = await startProving('shipped');
  const options = { long: true, only: ['long-answer'], plan: 'research' };
  expect(named(await run(options), 'not shown')).toEqual(options.only);
  const [first, ...others] = bills.map(({ modelId }) => modelId);
  expect(others).not.toContain(first);
  // Time passes with each call that Bedrock answers.
  const slow = { ...deployment, now: () => deployment.now() + bills.length * 30_000 };
  expect((await run(options, slow)).at(-1)).toMatchObject({
    outcome: 'holds',
    what: expect.stringMatching(/30 s$/),
  });
  const spent = bills.reduce((sum, bill) => sum + costOf(bill.modelId, bill), 0) / 1_000_000;
  expect(spent).toBeLessThan(0.05);
});

test('what a plan has nothing to show by is named, and the rest is shown', async () => {
  const { run } = await startProving('contested');
  const results = await run();
  expect(named(results, 'broken')).toEqual([]);
  const ofThePlan = ['route-embed', 'route-embeddings', 'forbidden-model'];
  expect(named(results, 'not shown').toSorted()).toEqual([...always, ...ofThePlan].toSorted());
});

test('a token of the sign-in is tried beside the keys, and is in no log', async () => {
  const issuer = await startIssuer();
  onTestFinished(() => issuer.close());
  const { run, gateway } = await startProving('signed-in', { environment: issuerEnvironment(issuer) });
  await setUpSignIn(gateway, issuer, configs['signed-in']);
  const only = ['bearer', 'forged-token', 'sign-in', 'log-without-content', 'cors'];
  const results = await run({ only, plan: 'hasty', token: await issuer.issue('thrifty') });
  expect(named(results, 'holds')).toEqual(['new-key', 'bearer', 'forged-token', 'sign-in', 'cors', only[3]]);
  const foreign = await run({ only: ['sign-in'], plan: 'hasty', token: 'a.b.c' });
  expect(named(foreign, 'broken')).toEqual(['sign-in']);
});

test('a run that is interrupted removes what it made', async () => {
  const { run, deployment } = await startProving('shipped');
  const interrupted = new AbortController();
  const running = run({ signal: interrupted.signal, onResult: () => interrupted.abort(new Error('enough')) });
  await expect(running).rejects.toThrow('enough');
  const teams = await listTeams(deployment);
  expect(teams.filter(({ source }) => source === 'run-time')).toEqual([]);
});

import { setTimeout } from 'node:timers/promises';
import {
  createTeam,
  type Deployment,
  listTeams,
  localEndpoints,
  openDeployment,
  type ProofResult,
  type ProveOptions,
  prove,
} from '@org/admin';
import { stackNameOf } from '@org/infra/config';
import type { Template } from '@org/local';
import { expect, onTestFinished, test } from 'vitest';
import { type ConfigName, configs } from './configs.ts';
import { without, withoutProperty, withoutResponse } from './edit-template.ts';
import { costOf, startSystem } from './harness.ts';

/** A deployment on this machine, and a run of all proofs against it. */
async function start(editTemplate?: (template: Template) => Template, config: ConfigName = 'shipped') {
  const system = await startSystem(config, editTemplate && { editTemplate });
  const { origin } = new URL(system.url);
  const endpoints = await localEndpoints(origin, stackNameOf(configs[config]));
  let time = Date.parse('2026-11-22T12:00:00Z');
  const deployment = await openDeployment(configs[config], endpoints, () => time);
  onTestFinished(() => deployment.close());
  // A hundred times as fast: what takes the functions a real moment is still waited for.
  const wait = async (ms: number) => {
    await setTimeout(ms / 100);
    time += ms;
    system.setTime(new Date(time).toISOString());
  };
  const run = (options: Partial<ProveOptions> = {}) =>
    prove(deployment, {
      ...{ mostUsd: 0.05, signal: new AbortController().signal, wait, onResult: () => {} },
      ...options,
    });
  return { ...system, deployment, run };
}

const teamsOf = async (deployment: Deployment) =>
  (await listTeams(deployment)).filter(({ source }) => source === 'run-time').map(({ name }) => name);

const named = (results: readonly ProofResult[], outcome: ProofResult['outcome']) =>
  results.filter((result) => result.outcome === outcome).map(({ name }) => name);

test('the shipped deployment keeps every promise, and nothing is left of the run', async () => {
  const { run, deployment, bills } = await start();
  const results = await run();
  expect(results.filter(({ outcome }) => outcome === 'broken')).toEqual([]);
  // Its burst is more than one machine can try; a simulated model may be too fast to be seen streaming.
  expect(named(results, 'not shown')).toContain('throttle');
  const billedUsd = bills.reduce((sum, bill) => sum + costOf(bill.modelId, bill), 0) / 1_000_000;
  expect(billedUsd).toBeGreaterThan(0);
  expect(billedUsd).toBeLessThan(0.05);
  expect(await teamsOf(deployment)).toEqual([]);
});

test('what a plan has nothing to show by is named, and the rest is shown', async () => {
  const { run } = await start(undefined, 'contested');
  const results = await run();
  expect(named(results, 'broken')).toEqual([]);
  expect(named(results, 'not shown')).toEqual(expect.arrayContaining(['route-embed', 'route-embeddings']));
});

test('a run that is interrupted removes what it made', async () => {
  const { run, deployment } = await start();
  const interrupted = new AbortController();
  const running = run({ signal: interrupted.signal, onResult: () => interrupted.abort(new Error('enough')) });
  await expect(running).rejects.toThrow('enough');
  expect(await teamsOf(deployment)).toEqual([]);
});

test('what a killed run left is removed by the next one, and a run of this moment is left alone', async () => {
  const { run, deployment } = await start();
  const anHourAgo = { ...deployment, now: () => deployment.now() - 61 * 60_000 };
  await createTeam(anHourAgo, 'prove-0123456789abcdef01234567', 'starter');
  await createTeam(deployment, 'prove-fedcba9876543210fedcba98', 'starter');
  await createTeam(anHourAgo, 'prove-20260101', 'starter');
  const interrupted = new AbortController();
  const running = run({ signal: interrupted.signal, onResult: () => interrupted.abort(new Error('enough')) });
  await expect(running).rejects.toThrow('enough');
  expect(await teamsOf(deployment)).toEqual(['prove-20260101', 'prove-fedcba9876543210fedcba98']);
});

/** A fault in the template, and the names of all proofs that find it. */
const faults: [fault: string, editTemplate: (template: Template) => Template, broken: string[]][] = [
  ['no response for a bad key', withoutResponse('INVALID_API_KEY'), ['rotate-now', 'revoke', 'wrong-key']],
  ['no response of the authorizer', withoutResponse('UNAUTHORIZED'), ['no-key']],
  ['no response for a throttle', withoutResponse('THROTTLED'), ['race', 'throttle']],
  ['no response for an unknown route', withoutResponse('MISSING_AUTHENTICATION_TOKEN'), ['wrong-path']],
  ['no response for bad JSON', withoutResponse('BAD_REQUEST_BODY'), ['broken-json']],
  ['no response for a large body', withoutResponse('REQUEST_TOO_LARGE'), ['too-large']],
  ['a plan without a throttle', withoutProperty('AWS::ApiGateway::UsagePlan', 'Throttle'), ['throttle']],
  ['a method without a key', withoutProperty('AWS::ApiGateway::Method', 'ApiKeyRequired'), ['new-key']],
  ['no permission to call the function', without('AWS::Lambda::Permission'), ['new-key']],
];

test.each(faults)('%s breaks exactly the promises that rest on it', async (_fault, editTemplate, broken) => {
  const { run } = await start(editTemplate);
  // The burst of this plan is small enough to be tried.
  expect(named(await run({ plan: 'research' }), 'broken')).toEqual(broken);
});

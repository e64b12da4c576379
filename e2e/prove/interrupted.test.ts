import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { ScanCommand } from '@aws-sdk/client-dynamodb';
import { removeLeftovers } from '@org/admin';
import { expect, test, vi } from 'vitest';
import { configs } from '../configs.ts';
import { dynamoDbClient } from '../dynamodb-client.ts';
import type { System } from '../harness.ts';
import { startBreakingGateway } from '../keys/breaking-gateway.ts';
import { commandLine } from '../keys/command-line.ts';
import { type Proving, startProving } from './proving.ts';

// A run has some two hundred requests, and a busy machine is slow.
vi.setConfig({ testTimeout: 180_000 });

const name = /prove-[0-9a-f]{24}/;

/** Everything that a run has made and not removed. Counts of use and records of changes stay, as for any deleted team. */
async function leftOf({ gateway, dynamodb }: System, { apiKeys }: Proving['deployment']) {
  const table = dynamoDbClient(dynamodb.url);
  try {
    const { Items: items = [] } = await table.send(
      new ScanCommand({ TableName: gateway.tables[0]?.name, ConsistentRead: true }),
    );
    const ofTable = items
      .filter(({ pk, sk }) => pk?.S !== 'audit' && !/^\d{4}-\d\d$/.test(sk?.S ?? ''))
      .map((item) => JSON.stringify(item))
      .filter((item) => name.test(item));
    const keys = (await apiKeys.list('')).map((key) => key.name ?? '').filter((each) => name.test(each));
    return [...ofTable, ...keys];
  } finally {
    table.destroy();
  }
}

test('a run that dies at any of its writes leaves nothing that the next cleaning does not find', async () => {
  const proving = await startProving('shipped');
  const gateway = await startBreakingGateway(proving);
  const through = await proving.open(gateway.origin);
  const left: number[] = [];
  for (let write = 1; ; write += 1) {
    gateway.breakAt({ kind: 'dies', write });
    const ended = await proving.run({ only: ['overlap'] }, through).catch(() => 'died');
    const broke = gateway.broke();
    gateway.breakAt(undefined);
    expect(ended === 'died').toBe(broke);
    if ((await leftOf(proving, proving.deployment)).length > 0) left.push(write);
    await removeLeftovers(proving.deployment, 'all');
    expect(await leftOf(proving, proving.deployment)).toEqual([]);
    if (!broke) break;
  }
  // Almost every one does leave something.
  expect(left.length).toBeGreaterThan(15);
});

test('a run whose write is refused removes what it made', async () => {
  const proving = await startProving('shipped');
  const gateway = await startBreakingGateway(proving);
  const through = await proving.open(gateway.origin);
  // The list, the team, and three steps of a key.
  for (const write of [1, 2, 5, 6, 7]) {
    gateway.breakAt({ kind: 'refused', write });
    await proving.run({ only: ['overlap'] }, through).catch(() => {});
    expect(gateway.broke()).toBe(true);
    expect(await leftOf(proving, proving.deployment)).toEqual([]);
  }
});

test('the next run removes what one of an hour ago left, and leaves one of this moment alone', async () => {
  const proving = await startProving('shipped');
  const gateway = await startBreakingGateway(proving);
  const through = await proving.open(gateway.origin);
  const anHourAgo = { ...through, now: () => through.now() - 61 * 60_000 };
  // The first of them leaves the other one's alone.
  for (const deployment of [through, anHourAgo]) {
    gateway.breakAt({ kind: 'dies', write: 4 });
    await expect(proving.run({}, deployment)).rejects.toThrow();
  }
  gateway.breakAt(undefined);
  const before = await leftOf(proving, proving.deployment);
  await proving.run({ only: [] });
  const after = await leftOf(proving, proving.deployment);
  expect(after).toHaveLength(before.length / 2);
  expect(after.length).toBeGreaterThan(0);
});

/** `proxy prove` in its own process, up to its first result. */
async function startCommand(origin: string) {
  const entry = join(import.meta.dirname, '../../packages/cli/src/index.ts');
  const child = spawn(
    process.execPath,
    ['--conditions=@org/source', entry, 'prove', '--local', origin, '--only', 'overlap,race'],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  );
  await once(child.stdout, 'data');
  return child;
}

test('Ctrl-C removes what was made, and prove --clean what a killed process left', async () => {
  const proving = await startProving('shipped');
  const { origin } = new URL(proving.url);
  const interrupted = await startCommand(origin);
  interrupted.kill('SIGINT');
  expect(await once(interrupted, 'exit')).toEqual([1, null]);
  expect(await leftOf(proving, proving.deployment)).toEqual([]);

  const killed = await startCommand(origin);
  killed.kill('SIGKILL');
  await once(killed, 'exit');
  expect((await leftOf(proving, proving.deployment)).length).toBeGreaterThan(0);
  const proxy = await commandLine(origin, configs.shipped, () => Date.now());
  const cleaned = await proxy('prove', '--clean');
  expect(cleaned).toMatchObject({ code: 0, stderr: expect.stringMatching(name) });
  expect(await leftOf(proving, proving.deployment)).toEqual([]);
});

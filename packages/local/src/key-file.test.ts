import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { KeptFileError } from './kept-file.ts';
import { keyFile } from './key-file.ts';
import { ApiKeyRegistry } from './limits/api-key-registry.ts';
import { quotaFile } from './quota-file.ts';
import type { UsagePlan } from './template/usage-plans.ts';

const planOf = (id: string, keys: readonly string[]): UsagePlan => ({
  ...{ id, name: id, throttle: undefined, quota: undefined },
  keys: new Set(keys),
});
const keyOf = (id: string) => ({
  id,
  name: id,
  value: `value-of-${id}`,
  enabled: true,
  description: undefined,
  tags: {},
});
const template = {
  apiKeys: [keyOf('a'), keyOf('b'), keyOf('c')],
  usagePlans: [planOf('small', ['a', 'b', 'c']), planOf('large', [])],
};

function file(): string {
  const directory = mkdtempSync(join(tmpdir(), 'key-file-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return join(directory, 'keys.json');
}

const open = (path: string, of: typeof template = template) => new ApiKeyRegistry(of, 1000, keyFile(path));

/** The whole content of a registry. */
const contents = (registry: ApiKeyRegistry) =>
  registry.list().map((key) => ({
    ...key,
    plan: registry.planOf(key.id)?.id,
    known: registry.identify(key.value)?.apiKey.id,
  }));

function changed(path: string): ApiKeyRegistry {
  const registry = open(path);
  const [a, b] = registry.list();
  if (!a || !b) throw new Error('The template has keys.');
  registry.update(a, { enabled: false }, 2000);
  registry.delete(b);
  const made = registry.create({ name: 'made', description: 'of a team', enabled: true, tags: {} }, 3000);
  const [, large] = registry.plans();
  if (large) registry.join(large, made);
  const gone = registry.create({ name: 'gone', description: undefined, enabled: true, tags: {} }, 4000);
  registry.delete(gone);
  return registry;
}

test('created, changed and deleted keys are restored, in their order and their plans', () => {
  const path = file();
  const registry = changed(path);
  expect(contents(open(path))).toEqual(
    contents(registry).map((key) => ({ ...key, sequence: expect.any(Number) })),
  );
  const sequences = open(path)
    .list()
    .map(({ sequence }) => sequence);
  expect(sequences).toEqual([...new Set(sequences)].sort((one, other) => one - other));
});

test('a plan that was made, changed or deleted is restored with its keys, and one without a stage opens nothing', () => {
  const path = file();
  const registry = open(path);
  const guards = {
    throttle: { rate: 1.5, burst: 3 },
    quota: { limit: 9, period: 'DAY', offset: 0 },
  } as const;
  const [kept, detached, deleted] = ['kept', 'detached', 'deleted'].map((name) => {
    const plan = registry.createPlan({ name, ...guards });
    const key = registry.create({ name, description: undefined, enabled: true, tags: {} }, 2000);
    registry.join(plan, key);
    return plan;
  });
  if (!kept || !detached || !deleted) throw new Error('There are three plans.');
  registry.updatePlan({ ...kept, quota: { ...guards.quota, limit: 10 } });
  registry.updatePlan({ ...detached, detached: true });
  registry.deletePlan(deleted);
  const restored = open(path);
  expect(restored.plans().slice(2)).toEqual(registry.plans().slice(2));
  expect(restored.plan(kept.id)?.quota?.limit).toBe(10);
  expect(contents(restored).slice(3)).toMatchObject([
    { name: 'kept', plan: kept.id, known: expect.any(String) },
    { name: 'detached', plan: detached.id, known: undefined },
    { name: 'deleted', plan: undefined, known: undefined },
  ]);
});

test("a new template's keys are added to the kept ones, and keys of a removed plan are in no plan", () => {
  const path = file();
  changed(path);
  const next = open(path, {
    apiKeys: [...template.apiKeys, keyOf('d')],
    usagePlans: [planOf('small', ['a', 'b', 'c', 'd'])],
  });
  expect(contents(next).map(({ name, plan }) => [name, plan])).toEqual([
    ['a', 'small'],
    ['c', 'small'],
    ['d', 'small'],
    ['made', undefined],
  ]);
  expect(next.identify(next.list().at(-1)?.value)).toBeUndefined();
});

test('the file is replaced as a whole, and only its owner can read it', () => {
  const path = file();
  changed(path);
  expect(readdirSync(join(path, '..'))).toEqual(['keys.json']);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test.each(['', '{"keys":', '{"keys":[{"id":"a"}],"deleted":[]}'])('a file of %j is refused', (text) => {
  const path = file();
  writeFileSync(path, text);
  expect(() => open(path)).toThrow(KeptFileError);
});

test('quotas are kept in a file that only its owner reads; another file is an error that says what to do', () => {
  const path = file();
  const state = { periodStart: 1000, used: 2, first: true };
  expect(quotaFile(path).read()).toBeUndefined();
  quotaFile(path).write({ 'plan a': state });
  expect(quotaFile(path).read()).toEqual({ 'plan a': state });
  expect(statSync(path).mode & 0o777).toBe(0o600);
  writeFileSync(path, '[]');
  expect(() => quotaFile(path).read()).toThrow(/is not a file of quotas\. Remove it/);
});

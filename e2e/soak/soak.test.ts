import { join } from 'node:path';
import { expect, inject, test } from 'vitest';
import { runSoak } from './run.ts';
import { shortSoak } from './teams.ts';
import { problemsOf } from './verdict.ts';

test('a short soak ends with correct accounts, no holds and no open sockets', async () => {
  const result = await runSoak({ ...shortSoak, assembly: join(inject('assemblies'), 'soak') });
  expect(problemsOf(result), `seed ${shortSoak.seed}`).toEqual([]);
  expect(result.audit.exact).toBeGreaterThan(10);
  expect(result.kills).toBe(1);
}, 240_000);

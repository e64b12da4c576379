import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { routes } from '@org/contract';
import { expect, test } from 'vitest';
import { nothing } from '../ledger/amounts.ts';
import type { RequestLog } from './request-log.ts';

/** With each field that may be left out. */
const whole: Required<RequestLog> = {
  requestId: 'request-1',
  operation: 'ask',
  keyId: 'key1',
  team: 'acme',
  plan: 'small',
  model: 'llama',
  modelId: 'id-of-llama',
  status: 200,
  code: 'internal',
  stopReason: 'end_turn',
  usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
  costUsd: 0.1,
  held: nothing,
  charged: nothing,
  underestimated: true,
  settleError: 'TimeoutError',
  limitsNearlyReached: [],
  refusedBy: undefined,
  deltas: 1,
  firstDeltaMs: 1,
  callerGone: true,
  upstreamMs: 1,
  totalMs: 1,
  failure: { name: 'ThrottlingException' },
  trace: [],
};

test('the operations page names every field of a line, and every operation', () => {
  const page = readFileSync(join(import.meta.dirname, '../../../../docs/operations.md'), 'utf8');
  const names = [...Object.keys(whole), ...Object.keys(routes)];
  expect(names.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});

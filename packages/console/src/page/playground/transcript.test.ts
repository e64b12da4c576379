import type { AskEvent } from '@org/admin';
import { expect, test } from 'vitest';
import { nothingYet, stopInWords, withEvent } from './transcript.ts';

test('events add up to what is known of a call', () => {
  const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
  const tool = { type: 'tool_use' as const, id: 't1', name: 'weather', input: { city: 'Berlin' } };
  const events: AskEvent[] = [
    { type: 'start', id: 'r1', model: 'nova-lite', modelId: 'amazon.nova-lite-v1:0' },
    { type: 'block_delta', delta: { type: 'reasoning', text: 'Hm.' } },
    { type: 'delta', text: 'Hel' },
    { type: 'delta', text: 'lo' },
    {
      type: 'done',
      content: [{ type: 'text', text: 'Hello' }, tool],
      ...{ stopReason: 'tool_use', usage, limits: [] },
    },
    { type: 'ended', status: 200, requestId: 'r1', ms: 12, firstTextMs: 3 },
    { type: 'accounted', logged: undefined },
  ];
  expect(events.reduce(withEvent, nothingYet)).toMatchObject({
    ...{ text: 'Hello', thoughts: 'Hm.', requestId: 'r1', tools: [tool], usage },
    timing: { ms: 12 },
    account: { logged: undefined },
  });
});

test('a reason that a newer proxy adds is shown as it is', () => {
  expect(stopInWords('max_tokens')).toBe('Cut off: it reached the most tokens');
  expect(stopInWords('bored')).toBe('bored');
});

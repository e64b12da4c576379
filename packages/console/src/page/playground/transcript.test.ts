import { expect, test } from 'vitest';
import { nothingYet, stopInWords, withEvent } from './transcript.ts';

test('events add up to what is known of a call', () => {
  const usage = { inputTokens: 3, outputTokens: 2, totalTokens: 5 };
  const tool = { type: 'tool_use', id: 't1', name: 'weather', input: { city: 'Berlin' } } as const;
  const transcript = [
    { type: 'start', id: 'r1', model: 'nova-lite', modelId: 'amazon.nova-lite-v1:0' } as const,
    { type: 'block_delta', delta: { type: 'reasoning', text: 'Hm.' } } as const,
    { type: 'delta', text: 'Hel' } as const,
    { type: 'delta', text: 'lo' } as const,
    {
      type: 'done',
      content: [{ type: 'text', text: 'Hello' } as const, tool],
      stopReason: 'tool_use',
      usage,
      limits: [],
    } as const,
  ].reduce<typeof nothingYet>((before, event) => withEvent(before, { ...event }), nothingYet);
  expect(transcript).toMatchObject({ text: 'Hello', thoughts: 'Hm.', requestId: 'r1', tools: [tool], usage });
});

test('a reason that a newer proxy adds is shown as it is', () => {
  expect(stopInWords('max_tokens')).toBe('Cut off: it reached the most tokens');
  expect(stopInWords('bored')).toBe('bored');
});

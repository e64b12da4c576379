import type { StreamEvent } from '@org/contract';
import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';

const types = (events: readonly StreamEvent[]) => events.map(({ type }) => type);
const textOf = (events: readonly StreamEvent[]) =>
  events.map((event) => (event.type === 'delta' ? event.text : '')).join('');

test('the caller has each of 500 pieces before Bedrock sends the next', async () => {
  const { stream, bedrock } = await startSystem('original');
  const deltas = Array.from({ length: 500 }, (_, index) => `${index} `);
  bedrock.answerNext({ deltas });
  let release: (() => void) | undefined;
  let asked = -1;
  bedrock.pace(
    (index) =>
      new Promise((resolve) => {
        asked = index;
        release = resolve;
      }),
  );
  const untilAsked = async (index: number) => {
    while (asked < index) await new Promise(setImmediate);
  };

  const responding = stream('tollmkey');
  await untilAsked(0);
  release?.();
  const reply = await responding;
  expect(await reply.next()).toMatchObject({ type: 'start' });
  for (const [index, text] of deltas.entries()) {
    // Bedrock has sent this piece and holds the next, so anything that arrives now is this piece.
    expect(await reply.next()).toEqual({ type: 'delta', text });
    if (index + 1 < deltas.length) {
      await untilAsked(index + 1);
      release?.();
    }
  }
  const { events, cut } = await reply.rest();
  expect([types(events), cut]).toEqual([['done'], false]);
}, 30_000);

test("the original proxy's bodies stream too", async () => {
  const { stream, bedrock } = await startSystem('predecessor');
  for (const model of ['titan', 'llama']) {
    const { events } = await (await stream('tollmkey', { model })).rest();
    expect([model, types(events).at(0), types(events).at(-1)]).toEqual([model, 'start', 'done']);
    expect(textOf(events)).toMatch(/^You asked: What is a dystopia/);
    expect(bedrock.received.at(-1)?.operation).toBe('invoke-with-response-stream');
  }
});

import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ReplyEvent } from '../call/reply.ts';
import { ProxyError } from '../proxy-error.ts';
import { runs } from '../testing/fuzz.ts';
import { read } from '../testing/upstream-call.ts';
import { repliesTogether } from './replies-together.ts';

/** A request: its answer's number of turns, its bill, and its end. */
const request = fc.record({
  turns: fc.nat(5),
  tokens: fc.nat(100),
  end: fc.oneof(
    { weight: 8, arbitrary: fc.constant('answer' as const) },
    { weight: 1, arbitrary: fc.constantFrom('refusal' as const, 'break' as const) },
  ),
});

const { signal } = new AbortController();

test('however each request ends, the bill is reported, and never more than eight are in flight', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(request, { minLength: 1, maxLength: 40 }), async (requests) => {
      let [underWay, most, billed, begun] = [0, 0, 0, 0];
      let mayBeBilled = false;
      const made = requests.map(async function* ({ turns, tokens, end }, index): AsyncGenerator<ReplyEvent> {
        begun += 1;
        underWay += 1;
        most = Math.max(most, underWay);
        try {
          for (let turn = 0; turn < turns; turn += 1) await setImmediate();
          if (end === 'refusal') throw new ProxyError({ code: 'model_throttled' }, { unbilled: true });
          mayBeBilled = true;
          if (end === 'break') throw new ProxyError({ code: 'upstream_error' }, { outcomeUnknown: true });
          billed += tokens;
          yield { type: 'vector', vector: [index] };
          yield { type: 'usage', usage: { inputTokens: tokens, outputTokens: 0, totalTokens: tokens } };
          yield { type: 'stopped', stopReason: 'end_turn' };
        } finally {
          underWay -= 1;
        }
      });
      const said: unknown = await read(repliesTogether(made, signal)).catch((error: unknown) => error);
      expect(underWay).toBe(0);
      expect(most).toBeLessThanOrEqual(8);
      if (said instanceof ProxyError) {
        expect(said.unbilled).toBe(!mayBeBilled);
        expect(said.usage?.inputTokens ?? 0).toBe(billed);
        if (mayBeBilled) expect(said.retryable).toBe(false);
      } else {
        expect(begun).toBe(requests.length);
        expect(requests.every(({ end }) => end === 'answer')).toBe(true);
        expect(said).toMatchObject({
          reply: { vectors: requests.map((_, index) => [index]) },
          usage: { inputTokens: billed, totalTokens: billed },
          stopReason: 'end_turn',
        });
      }
    }),
    runs(200),
  );
});

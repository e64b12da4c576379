import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BeginningBlock, Delta, ReplyEvent } from '../../../call/reply.ts';
import { isJsonObject, type JsonObject } from '../../../json.ts';
import { anyCharacter, anyJson, mutationsOf, oddText, runs } from '../../../testing/fuzz.ts';
import { usage } from '../../../testing/request.ts';
import { eventsOf, respond } from '../../../testing/responses.ts';
import { sealed, unsealed } from './thoughts.ts';

const canary = 'canary-prompt';

const request: JsonObject = {
  model: 'claude',
  instructions: canary,
  input: [
    { type: 'message', role: 'developer', content: [{ type: 'input_text', text: canary }] },
    { role: 'user', content: [{ type: 'input_image', image_url: 'data:image/png;base64,AAAA' }] },
    { type: 'reasoning', summary: [], encrypted_content: sealed({ type: 'reasoning', text: canary }) },
    { type: 'function_call', call_id: 'a', name: 'weather', arguments: '{}' },
    { type: 'function_call_output', call_id: 'a', output: canary },
    { type: 'custom_tool_call', call_id: 'b', name: 'patch', input: canary },
    { type: 'custom_tool_call_output', call_id: 'b', output: [{ type: 'input_text', text: canary }] },
  ],
  tools: [
    { type: 'function', name: 'weather', parameters: { type: 'object', description: canary }, strict: true },
    { type: 'custom', name: 'patch', format: { type: 'grammar', syntax: 'lark', definition: canary } },
    { type: 'namespace', name: 'agents', tools: [{ type: 'function', name: 'spawn' }] },
  ],
  tool_choice: { type: 'function', name: 'weather' },
  include: ['reasoning.encrypted_content'],
  reasoning: { effort: 'none' },
  text: { format: { type: 'text' } },
};

const bodies = fc.oneof(
  { weight: 5, arbitrary: mutationsOf(request).filter(isJsonObject) },
  { weight: 1, arbitrary: anyJson.filter(isJsonObject) },
);

type Block = readonly [BeginningBlock, readonly Delta[]];

const blocks: fc.Arbitrary<Block> = fc.oneof(
  fc.array(oddText).map((texts): Block => [{ type: 'text' }, texts.map((text) => ({ type: 'text', text }))]),
  fc
    .tuple(fc.array(oddText), fc.option(oddText))
    .map(
      ([texts, signature]): Block => [
        { type: 'reasoning' },
        [
          ...texts.map((text): Delta => ({ type: 'reasoning', text })),
          ...(signature === null ? [] : [{ type: 'signature' as const, signature }]),
        ],
      ],
    ),
  fc
    .uint8Array()
    .map(
      (bytes): Block => [{ type: 'redacted_reasoning' }, [{ type: 'redacted', bytes: Buffer.from(bytes) }]],
    ),
  fc
    .tuple(fc.constantFrom('weather', 'patch', 'agents__spawn', 'made_up'), anyJson.filter(isJsonObject))
    .map(([name, input]): Block => {
      const json = JSON.stringify(input);
      return [
        { type: 'tool_use', id: 'call', name },
        [
          { type: 'input', json: json.slice(0, 1) },
          { type: 'input', json: json.slice(1) },
        ],
      ];
    }),
);

const replies = fc
  .tuple(
    fc.array(blocks, { maxLength: 5 }),
    fc.constantFrom('end_turn', 'tool_use', 'max_tokens', 'refusal', 'other'),
  )
  .map(([written, stopReason]): ReplyEvent[] => [
    ...written.flatMap(([block, deltas]): ReplyEvent[] => [
      { type: 'begin', block },
      ...deltas.map((delta): ReplyEvent => ({ type: 'delta', delta })),
      { type: 'end' },
    ]),
    { type: 'stopped', stopReason },
    { type: 'usage', usage },
  ]);

test('any request is answered or refused by name, and an error repeats none of it', async () => {
  await fc.assert(
    fc.asyncProperty(bodies, fc.boolean(), replies, async (body, stream, said) => {
      const { status, text, lines } = await respond({ ...body, stream }, said);
      expect([200, 400, 403, 404]).toContain(status);
      expect(lines.join('')).not.toContain(canary);
      if (status !== 200) expect(text).not.toContain(canary);
    }),
    runs(300),
  );
});

const terminal = /^response\.(completed|incomplete|failed)$/;

test('whatever a model says, its stream is numbered without a gap and ends in one event, the same as the whole answer', async () => {
  await fc.assert(
    fc.asyncProperty(replies, fc.boolean(), async (said, parallel) => {
      const body = { ...request, parallel_tool_calls: parallel };
      const events = eventsOf((await respond({ ...body, stream: true }, said)).text);
      expect(events.findIndex(({ type }) => terminal.test(type))).toBe(events.length - 1);
      const whole = JSON.parse((await respond(body, said)).text);
      const done = events.filter(({ type }) => type === 'response.output_item.done').map(({ item }) => item);
      const last = events.at(-1)?.['response'];
      expect(isJsonObject(last) && last['output']).toEqual(done);
      const kinds = (items: readonly { readonly id: string }[]) => items.map(({ id }) => id);
      expect(kinds(JSON.parse(JSON.stringify(done)))).toEqual(kinds(whole.output));
      expect(last).toMatchObject({ status: whole.status, usage: whole.usage });
    }),
    runs(200),
  );
});

test('thoughts from a client are accepted only if the proxy sealed them', () => {
  fc.assert(
    fc.property(oddText, (content) => void unsealed(content)),
    runs(500),
  );
  fc.assert(
    fc.property(
      fc.string({ unit: anyCharacter }),
      fc.option(fc.string(), { nil: undefined }),
      (text, signature) => {
        const thoughts = { type: 'reasoning', text, signature } as const;
        const { text: whole } = { text: text.toWellFormed() };
        expect(unsealed(sealed(thoughts))).toEqual({ ...thoughts, text: whole });
      },
    ),
    runs(200),
  );
});

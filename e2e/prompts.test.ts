import { expect, test } from 'vitest';
import { startSystem } from './harness.ts';

const controls = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).join('');

test.each([
  ['a Spanish', '¿Qué es "una" distopía? Señal ñandú \\u00f1'],
  ['an emoji', 'What is 👩‍👩‍👧‍👦 and 🏴󠁧󠁢󠁷󠁬󠁳󠁿? 😀'],
  ['a control-character', `a${controls}\u007f\u0085\u2028\u2029\ufeff\u0000b`],
  ['a 200 KB', `${'0123456789abcdef'.repeat(200 * 64)}é`],
])('%s prompt reaches the model byte for byte, complete and streamed', async (_kind, question) => {
  const { ask, stream, bedrock } = await startSystem('shipped');
  const reply = await ask('research-key', { model: 'nova-lite', question });
  expect(reply.status).toBe(200);
  const { events } = await (await stream('research-key', { model: 'nova-lite', question })).rest();
  expect(events.at(-1)?.type).toBe('done');
  for (const { text } of bedrock.received) {
    const [message] = JSON.parse(text).messages;
    expect(Buffer.compare(Buffer.from(message.content[0].text), Buffer.from(question))).toBe(0);
  }
  expect(bedrock.received).toHaveLength(2);
});

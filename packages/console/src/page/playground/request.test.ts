import { expect, test } from 'vitest';
import { asCode, asCurl } from './as-code.ts';
import { type Draft, imageOf, requestOf } from './request.ts';

const draft: Draft = {
  ...{ model: 'nova-lite', question: 'Hi', system: '', tools: '', maxTokens: '' },
  image: undefined,
};

test('a draft with nothing but a question is the shortest request', () => {
  expect(requestOf(draft)).toEqual({ request: { model: 'nova-lite', question: 'Hi' } });
});

test('everything that is typed is in the request', () => {
  const image = { type: 'image', format: 'png', data: 'AAAA' } as const;
  const tools = '[{"name":"weather","inputSchema":{"type":"object"}}]';
  expect(requestOf({ ...draft, system: 'Be brief.', tools, maxTokens: '50', image }).request).toEqual({
    model: 'nova-lite',
    messages: [{ role: 'user', content: [image, { type: 'text', text: 'Hi' }] }],
    system: 'Be brief.',
    tools: [{ name: 'weather', inputSchema: { type: 'object' } }],
    maxTokens: 50,
  });
});

test('what cannot be sent is said before it is', () => {
  const problems = [
    { question: ' ' },
    { maxTokens: '1.5' },
    { maxTokens: 'many' },
    { tools: '{' },
    { tools: '{}' },
    { tools: '[{"name":"weather"}]' },
  ].map((wrong) => requestOf({ ...draft, ...wrong }).problem);
  expect(problems).not.toContain(undefined);
  expect(new Set(problems).size).toBe(5);
});

test('an image is sent as its bytes, and a file that is none is not', async () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
  const { format, data } = await imageOf(new Blob([bytes], { type: 'image/webp' }));
  expect(format).toBe('webp');
  expect(new Uint8Array(Buffer.from(data, 'base64'))).toEqual(bytes);
  await expect(imageOf(new Blob(['%PDF'], { type: 'application/pdf' }))).rejects.toThrow('PNG');
  await expect(imageOf(new Blob([new Uint8Array(4_000_000)], { type: 'image/png' }))).rejects.toThrow(
    '3.75 MB',
  );
});

test('the request as curl and as code names the key, and leaves out the bytes of an image', () => {
  const data = 'QUJD'.repeat(100);
  const image = { type: 'image', format: 'png', data } as const;
  const { request } = requestOf({ ...draft, question: "What's this?", image });
  if (!request) throw new Error('There is no request.');
  const target = { endpoint: 'https://x.example/dev', request };
  for (const text of [asCurl(target), asCode(target)]) {
    expect(text).toContain('BEDROCK_PROXY_API_KEY');
    expect(text).not.toContain(data);
  }
  expect(asCurl(target)).toContain("What'\\''s this?");
});

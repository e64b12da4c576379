import { expect, test } from 'vitest';
import { clientNameOf } from './client-name.ts';

const named = (sent: Readonly<Record<string, string>>) => clientNameOf((name) => sent[name]);
const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/153.0.0.0';

test.each([
  ['claude-code', 'claude-cli/2.1.2 (external, cli)'],
  ['codex', 'codex_cli_rs/0.144.6 (Ubuntu 24.04; x86_64) xterm'],
  ['codex', 'codex-tui/1.0.0 (Mac OS 26.0; arm64)'],
  ['opencode', 'opencode/1.2.0 ai-sdk/provider-utils/4.0.0'],
  ['litellm', 'litellm/1.80.0'],
  ['langchain', 'langchainjs-openai/1.0.0 (node/v24)'],
  ['vercel-ai-sdk', 'ai/7.0.173 ai-sdk-provider-utils/5.0.1 runtime/node.js/24'],
  ['openai-sdk', 'OpenAI/JS 7.57.0'],
  ['openai-sdk', 'AsyncOpenAI/Python 2.9.0'],
  ['anthropic-sdk', 'Anthropic/JS 1.12.0'],
  ['anthropic-sdk', 'AsyncAnthropic/Python 1.0.0'],
  ['curl', 'curl/8.9.1'],
  ['browser', chrome],
  ['other', 'my secret is hunter2'],
])('%s is known by its user agent: %s', (name, agent) => {
  expect(named({ 'user-agent': agent })).toBe(name);
});

test('our own client is known by its header, on a web page too', () => {
  expect(named({ 'user-agent': chrome, 'x-bedrock-client': 'ts/1.0.0; runtime=browser; attempt=1' })).toBe(
    'bedrock-client',
  );
});

test.each([
  ['openai-sdk', {}],
  ['anthropic-sdk', { 'anthropic-version': '2026-10-21' }],
] as const)('%s on a web page is known by what it sends beside', (name, beside) => {
  expect(named({ 'user-agent': chrome, 'x-stainless-lang': 'js', ...beside })).toBe(name);
});

test('who says nothing has no name', () => {
  expect(named({})).toBeUndefined();
});

import { headers } from '@org/contract';

/**
 * What clients call themselves in `User-Agent`, the more particular first: agents and frameworks are built on the SDKs of
 * others, whose names some of them add.
 *
 * @see https://github.com/openai/codex/blob/main/codex-rs/login/src/auth/default_client.rs
 * @see https://code.claude.com/docs/en/llm-gateway-protocol
 */
const userAgents = [
  ['claude-code', /^claude-(?:cli|code)\//],
  ['codex', /^codex[\w-]*\//],
  ['opencode', /\bopencode\//],
  ['cline', /^cline\b/i],
  ['roo-code', /^roocode\b/i],
  ['litellm', /\blitellm\//i],
  ['langchain', /^langchain/i],
  ['vercel-ai-sdk', /\bai-sdk/],
  ['openai-sdk', /^\w*OpenAI\/(?:JS|Python|Go|Java|Ruby)\b/],
  ['anthropic-sdk', /^\w*Anthropic\/(?:JS|Python|Go|Java|Ruby)\b/],
  ['curl', /^curl\//],
  ['browser', /^Mozilla\//],
] as const satisfies readonly (readonly [name: string, pattern: RegExp])[];

/** A client by a name of this list, and never in words of its own. */
export type ClientName =
  | (typeof userAgents)[number][0]
  | 'bedrock-client'
  /** It says what it is, and is none of these. */
  | 'other';

/**
 * Which client sends a request, as far as it says so.
 *
 * @param header Value of a header, by its name in lower case.
 * @returns `undefined` where it says nothing.
 */
export function clientNameOf(header: (name: string) => string | undefined): ClientName | undefined {
  if (header(headers.client) !== undefined) return 'bedrock-client';
  const said = header('user-agent');
  const [name] =
    said === undefined ? [] : (userAgents.find(([, pattern]) => pattern.test(said)) ?? ['other']);
  if (name !== 'browser' || header('x-stainless-lang') === undefined) return name;
  // On a web page the SDKs cannot name themselves; they send these headers all the same.
  return header('anthropic-version') === undefined ? 'openai-sdk' : 'anthropic-sdk';
}

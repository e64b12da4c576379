import type { Usage } from '@org/contract';
import { costInMicroUsd, type Price } from '@org/models';
import type { Amounts } from '../ledger/amounts.ts';
import type { ModelCall } from './call.ts';

/**
 * Tokens that a chat template can add: a start, and for each message its role and its ends; and what a model is told
 * of a tool or of an answer's form, which is some hundreds.
 *
 * @see https://docs.claude.com/en/docs/agents-and-tools/tool-use/overview#pricing
 */
const templateTokens = { start: 32, message: 16, structured: 1024 };

/** What of a call the model does not read. */
type NoInput = 'modelId' | 'maxTokens' | 'temperature' | 'topP' | 'stop' | 'guardrail' | 'metadata';

/**
 * The most input tokens that a call can have. Tokenizers in use fall back to bytes, so a text has at most as many
 * tokens as bytes of UTF-8; English has about a quarter of that. Too much is given back when the call is settled;
 * too little would let a limit be passed.
 */
export function mostInputTokens({
  question,
  system,
  history = [],
  structured,
  ...uncounted
}: Omit<ModelCall, NoInput>): number {
  // A field that the model reads and nobody counts would let a limit be passed, so it does not compile.
  uncounted satisfies Record<string, never>;
  const texts = [question, ...(system === undefined ? [] : [system]), ...history.map(({ text }) => text)];
  if (structured) texts.push(JSON.stringify(structured.schema));
  const bytes = texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
  const start = templateTokens.start + (structured ? templateTokens.structured : 0);
  return bytes + start + texts.length * templateTokens.message;
}

/** What a call can cost at the most. Without a price the USD are 0, which no plan with a limit in USD allows. */
export function worstCaseOf(call: ModelCall, price: Price | undefined): Amounts {
  const inputTokens = mostInputTokens(call);
  const dearestInput = price && Math.max(price.input, price.cacheWrite ?? 0);
  return {
    requests: 1,
    tokens: inputTokens + call.maxTokens,
    usd:
      price && dearestInput !== undefined
        ? costInMicroUsd(
            { input: dearestInput, output: price.output },
            { inputTokens, outputTokens: call.maxTokens },
          )
        : 0,
  };
}

/** What a call did cost, by what Bedrock counted. */
export function trueCostOf(usage: Usage, price: Price | undefined): Amounts {
  const { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 } = usage;
  return {
    requests: 1,
    tokens: inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens,
    usd: price ? costInMicroUsd(price, usage) : 0,
  };
}

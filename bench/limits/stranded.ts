import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { countTokens } from '@anthropic-ai/tokenizer';
import type { ModelChatCall } from '@org/lambda/call/call';
import { trueCostOf } from '@org/lambda/call/meter';
import { takeRoom } from '@org/lambda/call/take-room';
import type { Ledger } from '@org/lambda/ledger/ledger';
import type { Scope } from '@org/lambda/ledger/scope';
import { ProxyError } from '@org/lambda/proxy-error';
import { catalogue } from '@org/models';

/** A limit, and the calls that are made under it. */
export interface Asking {
  /** Tokens of the limit. */
  readonly max: number;
  readonly promptBytes: number;
  /** Output tokens that each call asks for, and that each answer takes. */
  readonly maxTokens: number;
  readonly answerTokens: number;
  /** Over how many shards the limit is divided. Default: 1. */
  readonly shards?: number;
}

/** The calls until the first refusal. */
export interface Stranded {
  readonly answered: number;
  /** The part of the limit that was left over: 0 to 1. */
  readonly share: number;
}

const docs = join(import.meta.dirname, '../../docs');

/** Cuts prompts from this repository's documents, each from another place: English, with tables and code in it. */
async function englishTexts(bytes: number): Promise<(index: number) => string> {
  const names = (await readdir(docs)).filter((name) => name.endsWith('.md')).sort();
  const pages = await Promise.all(names.map((name) => readFile(join(docs, name), 'utf8')));
  const text = pages.join('\n').replaceAll(/[^\0-\x7f]/g, '');
  return (index) => {
    const start = (index * 7919) % text.length;
    return (text.slice(start) + text).slice(0, bytes);
  };
}

/** Asks one prompt after the other until one is refused. */
export async function strandedOf(
  ledger: Ledger,
  { max, promptBytes, maxTokens, answerTokens, shards }: Asking,
  { counting, at }: { readonly counting: boolean; readonly at: number },
): Promise<Stranded> {
  const { signal } = new AbortController();
  const deadline = { signal, settleSignal: signal, remaining: () => Number.POSITIVE_INFINITY };
  const limits = { tokens: { month: max } };
  const scope: Scope = { kind: 'team', id: crypto.randomUUID(), limits, shards };
  const model = {
    alias: 'claude',
    modelId: 'claude',
    definition: { ...catalogue['claude-sonnet-4.6'], countTokens: counting },
    price: undefined,
  };
  const textOf = await englishTexts(promptBytes);
  let used = 0;
  for (let answered = 0; ; answered += 1) {
    const text = textOf(answered);
    const call: ModelChatCall = {
      kind: 'chat',
      messages: [{ role: 'user', blocks: [{ type: 'text', text }] }],
      maxTokens,
    };
    const inputTokens = countTokens(text);
    const upstream = { count: async () => inputTokens };
    try {
      const context = { scopes: [scope], ledger, upstream, deadline, at };
      const { hold } = await takeRoom({ call }, model, true, context);
      const cost = trueCostOf({ inputTokens, outputTokens: answerTokens }, undefined, call);
      await hold.settle(cost, signal);
      used += cost.tokens;
    } catch (error) {
      if (!(error instanceof ProxyError && error.hasCode('quota_exceeded'))) throw error;
      return { answered, share: 1 - used / max };
    }
  }
}

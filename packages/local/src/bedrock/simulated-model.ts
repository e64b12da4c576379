import { createHash } from 'node:crypto';
import { invalid } from './exception.ts';
import type { Prompt, PromptPart } from './prompt.ts';
import { structuredAnswer } from './structured-answer.ts';

export type StopReason =
  | 'end_turn'
  | 'tool_use'
  | 'max_tokens'
  | 'stop_sequence'
  | 'guardrail_intervened'
  | 'content_filtered'
  | 'malformed_model_output'
  | 'malformed_tool_use'
  | 'model_context_window_exceeded';

/** A block of an answer in the pieces that a stream sends, each a token; of a tool, the JSON of its input. */
export type AnswerBlock =
  | { readonly kind: 'text' | 'reasoning'; readonly deltas: readonly string[] }
  | { readonly kind: 'tool'; readonly name: string; readonly deltas: readonly string[] }
  /** Thoughts that nobody may read, in base64. */
  | { readonly kind: 'redacted'; readonly deltas: readonly [string] };

export interface Completion {
  readonly blocks: readonly AnswerBlock[];
  readonly stopReason: StopReason;
  /** Without those of the cache. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: number;
}

/** An answer that a test wants in place of the model's own. */
export type ScriptedAnswer = {
  /** Default: as for any other answer. With one but `tool_use`, a tool that was forced is not called. */
  readonly stopReason?: StopReason | undefined;
} & (
  | {
      /** Each counts as a token: with more of them than `maxTokens`, the answer is cut like any other. */
      readonly deltas: readonly string[];
    }
  | { readonly blocks: readonly AnswerBlock[] }
);

/** What models keep of prompts, up to their cache points. */
export class PromptCache {
  readonly #prefixes = new Set<string>();

  /** Whether this was kept before; from now on it is. */
  keeps(modelId: string, prefix: readonly PromptPart[]): boolean {
    const key = JSON.stringify([modelId, prefix]);
    const known = this.#prefixes.has(key);
    this.#prefixes.add(key);
    return known;
  }
}

/** Answers as a model does: from the question, in the form that is asked for, within the token limit. */
export function complete(prompt: Prompt, cache: PromptCache, script?: ScriptedAnswer): Completion {
  const { question, maxTokens } = prompt;
  if (!/\S/.test(question)) {
    throw invalid(
      'The text field in the ContentBlock object is blank. Add text to the text field, and try again.',
    );
  }
  const { blocks, stopReason } = script ? scripted(prompt, script) : own(prompt);
  const written = cut(blocks, maxTokens);
  const tokens = lengthOf(blocks);
  return {
    blocks: written,
    stopReason: tokens > maxTokens ? 'max_tokens' : stopReason,
    ...inputOf(prompt, cache),
    outputTokens: Math.min(tokens, maxTokens),
  };
}

/** All text of an answer, in its pieces. */
export function textDeltas({ blocks }: Completion): readonly string[] {
  return blocks.flatMap(({ kind, deltas }) => (kind === 'text' ? deltas : []));
}

/** Thoughts must come back as they were: they are signed. */
export function signatureOf(thought: string): string {
  return createHash('sha256').update(`simulated ${thought}`).digest('base64');
}

type Draft = Pick<Completion, 'blocks' | 'stopReason'>;

function own(prompt: Prompt): Draft {
  const { form, stop, thinks, question } = prompt;
  const thoughts: AnswerBlock[] = thinks
    ? [{ kind: 'reasoning', deltas: tokenize(`They ask: ${question}`) }]
    : [];
  const text = write(prompt);
  const stopAt = Math.min(...stop.map((each) => text.indexOf(each)).filter((at) => at >= 0), text.length);
  const deltas = tokenize(text.slice(0, stopAt));
  if (form.kind === 'tool') {
    return { blocks: [...thoughts, { kind: 'tool', name: form.name, deltas }], stopReason: 'tool_use' };
  }
  return {
    blocks: [...thoughts, { kind: 'text', deltas }],
    stopReason: stopAt < text.length ? 'stop_sequence' : 'end_turn',
  };
}

function scripted({ form }: Prompt, script: ScriptedAnswer): Draft {
  if ('blocks' in script) {
    const callsTool = script.blocks.some(({ kind }) => kind === 'tool');
    return { blocks: script.blocks, stopReason: script.stopReason ?? (callsTool ? 'tool_use' : 'end_turn') };
  }
  const { deltas, stopReason = form.kind === 'tool' ? 'tool_use' : 'end_turn' } = script;
  const forced = form.kind === 'tool' && stopReason === 'tool_use';
  return {
    blocks: [forced ? { kind: 'tool', name: form.name, deltas } : { kind: 'text', deltas }],
    stopReason,
  };
}

function write({ modelId, question, form }: Prompt): string {
  if (form.kind !== 'text') return JSON.stringify(structuredAnswer(form.schema, question));
  return (
    `You asked: ${question}\n` +
    `This is the simulated Bedrock in place of ${modelId}. It has no opinion of its own, ` +
    'but a real model would answer here.'
  );
}

function lengthOf(blocks: readonly AnswerBlock[]): number {
  return blocks.reduce((sum, { deltas }) => sum + deltas.length, 0);
}

/** As much of an answer as it may have tokens. */
function cut(blocks: readonly AnswerBlock[], maxTokens: number): AnswerBlock[] {
  return blocks.flatMap((block, index): AnswerBlock[] => {
    const left = maxTokens - lengthOf(blocks.slice(0, index));
    if (block.deltas.length <= left) return [block];
    return left <= 0 || block.kind === 'redacted' ? [] : [{ ...block, deltas: block.deltas.slice(0, left) }];
  });
}

function inputOf(
  { modelId, input }: Prompt,
  cache: PromptCache,
): Pick<Completion, 'inputTokens' | 'cacheReadTokens' | 'cacheWriteTokens'> {
  const prefix = input.slice(0, input.lastIndexOf('cache point') + 1);
  const all = sum(input);
  if (prefix.length === 0) return { inputTokens: all, cacheReadTokens: 0, cacheWriteTokens: 0 };
  const cached = sum(prefix);
  const read = cache.keeps(modelId, prefix);
  return {
    inputTokens: all - cached,
    cacheReadTokens: read ? cached : 0,
    cacheWriteTokens: read ? 0 : cached,
  };
}

function sum(parts: readonly PromptPart[]): number {
  return parts.reduce((tokens, part) => tokens + tokensOf(part), 0);
}

function tokensOf(part: PromptPart): number {
  if (part === 'cache point') return 0;
  return 'text' in part ? tokenize(part.text).length : part.tokens;
}

/** About four characters a token, as with real tokenizers; the pieces make up the whole text again. */
export function tokenize(text: string): string[] {
  return text.match(/\s*\S{1,4}|\s+$/gu) ?? [];
}

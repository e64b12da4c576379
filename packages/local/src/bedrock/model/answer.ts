import type { Ttl } from './prompt.ts';

/** Why the simulated model stopped, in the words of Converse. */
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

/** Where in a document a text is quoted from. */
export interface Citation {
  readonly title: string;
  /** As the document has it. */
  readonly text: string;
  /** Pages are counted from 1, characters from 0; `end` is not part of it. */
  readonly location: { readonly unit: 'page' | 'character'; readonly start: number; readonly end: number };
  /** Of the document among all of the request, from 0. */
  readonly documentIndex: number;
}

/** A block of an answer in the pieces that a stream sends, each a token; of a tool, the JSON of its input. */
export type AnswerBlock =
  | {
      readonly kind: 'text';
      readonly deltas: readonly string[];
      readonly citations?: readonly Citation[] | undefined;
    }
  | {
      readonly kind: 'reasoning';
      readonly deltas: readonly string[];
      /** Made by the model where its thoughts are signed. */
      readonly signature?: string | undefined;
    }
  | { readonly kind: 'tool'; readonly name: string; readonly deltas: readonly string[] }
  /** Redacted thoughts, in base64. */
  | { readonly kind: 'redacted'; readonly deltas: readonly [string] };

/** What a call takes of a model's input. All of it is on the bill, each kind at its own price. */
export interface InputTokens {
  /** Without those of the cache. */
  readonly inputTokens: number;
  readonly cacheReadTokens: number;
  readonly cacheWriteTokens: Readonly<Record<Ttl, number>>;
}

export interface Completion extends InputTokens {
  readonly blocks: readonly AnswerBlock[];
  readonly stopReason: StopReason;
  /** The string that ended the answer, where one did. */
  readonly stopSequence?: string | undefined;
  readonly outputTokens: number;
}

/** Nothing read, and nothing written. */
export const noAnswer: Completion = {
  ...{ blocks: [], stopReason: 'end_turn', inputTokens: 0, outputTokens: 0 },
  ...{ cacheReadTokens: 0, cacheWriteTokens: { '5m': 0, '1h': 0 } },
};

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

/** All text of an answer, in its pieces. */
export function textDeltas({ blocks }: Completion): readonly string[] {
  return blocks.flatMap(({ kind, deltas }) => (kind === 'text' ? deltas : []));
}

/** The input of a tool. What is not JSON, because it was cut or scripted so, cannot be said: nothing of it is left. */
export function toolInput({ deltas }: AnswerBlock): unknown {
  try {
    return JSON.parse(deltas.join(''));
  } catch {
    return {};
  }
}

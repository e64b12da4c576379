import { invalid } from './exception.ts';
import type { JsonSchema } from './json-schema.ts';
import { structuredAnswer } from './structured-answer.ts';

/** What an answer is made of: text, JSON that fits a schema, or the input of a tool. */
export type AnswerForm =
  | { readonly kind: 'text' }
  | { readonly kind: 'json'; readonly schema: JsonSchema }
  | { readonly kind: 'tool'; readonly name: string; readonly schema: JsonSchema };

/** What every model is asked, whichever body it came in. */
export interface Prompt {
  readonly modelId: string;
  readonly question: string;
  /** All text that counts as input, the question included. */
  readonly input: readonly string[];
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly form: AnswerForm;
}

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

export interface Completion {
  /** The answer in the pieces that a stream sends, each a token; of a tool, the JSON of its input. */
  readonly deltas: readonly string[];
  readonly stopReason: StopReason;
  /** Left out: the answer is text. */
  readonly tool?: string | undefined;
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** An answer that a test wants in place of the model's own. */
export interface ScriptedAnswer {
  /** Each counts as a token: with more of them than `maxTokens`, the answer is cut like any other. */
  readonly deltas: readonly string[];
  /** Default: as for any other answer. With one but `tool_use`, a tool that was forced is not called. */
  readonly stopReason?: StopReason | undefined;
}

/** Answers as a model does: from the question, in the form that is asked for, within the token limit. */
export function complete(prompt: Prompt, script?: ScriptedAnswer): Completion {
  const { question, input, maxTokens, stop, form } = prompt;
  if (!/\S/.test(question)) {
    throw invalid(
      'The text field in the ContentBlock object is blank. Add text to the text field, and try again.',
    );
  }
  const own = write(prompt);
  const stopAt = Math.min(...stop.map((text) => own.indexOf(text)).filter((at) => at >= 0), own.length);
  const tokens = script?.deltas ?? tokenize(own.slice(0, stopAt));
  const wholeEnd = form.kind === 'tool' ? 'tool_use' : stopAt < own.length ? 'stop_sequence' : 'end_turn';
  const end = script?.stopReason ?? wholeEnd;
  return {
    deltas: tokens.slice(0, maxTokens),
    stopReason: tokens.length > maxTokens ? 'max_tokens' : end,
    tool: form.kind === 'tool' && end === 'tool_use' ? form.name : undefined,
    inputTokens: input.reduce((sum, part) => sum + tokenize(part).length, 0),
    outputTokens: Math.min(tokens.length, maxTokens),
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

/** About four characters a token, as with real tokenizers; the pieces make up the whole text again. */
function tokenize(text: string): string[] {
  return text.match(/\s*\S{1,4}|\s+$/gu) ?? [];
}

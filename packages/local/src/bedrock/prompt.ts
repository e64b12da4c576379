import type { JsonSchema } from './json-schema.ts';

/** What an answer is made of: text, JSON that fits a schema, or the input of a tool. */
export type AnswerForm =
  | { readonly kind: 'text' }
  | { readonly kind: 'json'; readonly schema: JsonSchema }
  | { readonly kind: 'tool'; readonly name: string; readonly schema: JsonSchema };

/** A piece of what the model reads: text, so many tokens of something else, or a point up to which all is cached. */
export type PromptPart = { readonly text: string } | { readonly tokens: number } | 'cache point';

/** What every model is asked, whichever body it came in. */
export interface Prompt {
  readonly modelId: string;
  readonly question: string;
  /** All that counts as input, the question included. */
  readonly input: readonly PromptPart[];
  readonly maxTokens: number;
  readonly stop: readonly string[];
  readonly form: AnswerForm;
  /** Whether the model thinks before it answers. */
  readonly thinks: boolean;
}

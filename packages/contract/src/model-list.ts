import * as z from 'zod/mini';
import type { Fields } from './fields.ts';

/** A model that a key may ask. A newer server may add capabilities and lifecycle states. */
export interface ModelSummary {
  /** What `model` of a request is to be. */
  alias: string;
  /** The Bedrock model or inference profile behind the alias. */
  modelId: string;
  /** Request fields that it takes beside `model`, `question` and `maxTokens`, and `stream`. */
  capabilities: string[];
  /** Tokens of question, history and answer together. */
  contextTokens?: number | undefined;
  /** The most that `maxTokens` can be: the model's limit, or the plan's where that is lower. */
  maxOutputTokens: number;
  /** Whether Bedrock still offers it. */
  lifecycle: {
    /** `active`, `legacy` or `end-of-life`. */
    status: string;
    /** Of a legacy model: the day that it ends, ISO 8601. */
    endOfLife?: string | undefined;
  };
  /** USD per million tokens: an estimate. Left out where it is not known. */
  price?:
    | {
        /** Of the question. */
        input: number;
        /** Of the answer. */
        output: number;
      }
    | undefined;
}

/** The answer of `GET /models`. */
export interface ModelList {
  /** In the order of the plan. */
  models: ModelSummary[];
}

export const ModelList = z.object({
  models: z.array(
    z.object({
      alias: z.string(),
      modelId: z.string(),
      capabilities: z.array(z.string()),
      contextTokens: z.optional(z.number()),
      maxOutputTokens: z.number(),
      lifecycle: z.object({ status: z.string(), endOfLife: z.optional(z.string()) } satisfies Fields<
        ModelSummary['lifecycle']
      >),
      price: z.optional(
        z.object({ input: z.number(), output: z.number() } satisfies Fields<
          NonNullable<ModelSummary['price']>
        >),
      ),
    } satisfies Fields<ModelSummary>),
  ),
} satisfies Fields<ModelList>);

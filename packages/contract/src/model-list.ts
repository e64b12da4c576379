import * as z from 'zod/mini';

/** A model that a key may ask. A newer server may add capabilities and lifecycle states. */
export interface ModelSummary {
  alias: string;
  /** The Bedrock model or inference profile behind the alias. */
  modelId: string;
  /** Request fields that it takes beside `model`, `question` and `maxTokens`, and `stream`. */
  capabilities: string[];
  /** Tokens of question, history and answer together. */
  contextTokens?: number | undefined;
  /** The most that `maxTokens` can be: the model's limit, or the plan's where that is lower. */
  maxOutputTokens: number;
  /** Whether Bedrock still offers it; `endOfLife` is an ISO 8601 day. */
  lifecycle: { status: string; endOfLife?: string | undefined };
  /** USD per million tokens: an estimate. Left out where it is not known. */
  price?: { input: number; output: number } | undefined;
}

/** The answer of `GET /models`. */
export interface ModelList {
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
      lifecycle: z.object({ status: z.string(), endOfLife: z.optional(z.string()) }),
      price: z.optional(z.object({ input: z.number(), output: z.number() })),
    }),
  ),
}) satisfies z.ZodMiniType<ModelList>;

import * as z from 'zod/mini';
import type { BodyFormat } from './body-format.ts';

const Reply = z.object({
  generation: z.string(),
  prompt_token_count: z.number(),
  generation_token_count: z.number(),
  stop_reason: z.string(),
});

const Piece = z.object({
  generation: z.string(),
  prompt_token_count: z.optional(z.nullable(z.number())),
  generation_token_count: z.optional(z.nullable(z.number())),
  stop_reason: z.optional(z.nullable(z.string())),
});

const stopReasons = new Map(Object.entries({ stop: 'end_turn', length: 'max_tokens' }));

/**
 * Meta Llama, for imported models. The defaults are those of the proxy that this one grew from.
 *
 * The question is the whole prompt, as written: it is given no chat template, so system text and history cannot be
 * told apart from it and are not offered.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html
 */
export const llama: BodyFormat = {
  capabilities: ['temperature', 'topP', 'temperatureWithTopP', 'stream'],
  defaultMaxTokens: 512,
  request: ({ question, maxTokens, temperature = 0.2, topP = 0.9 }) => ({
    prompt: question,
    max_gen_len: maxTokens,
    top_p: topP,
    temperature,
  }),
  reply(body) {
    const { data } = z.safeParse(Reply, body);
    if (!data) return undefined;
    const { prompt_token_count: inputTokens, generation_token_count: outputTokens } = data;
    return {
      text: data.generation.trim(),
      stopReason: stopReasons.get(data.stop_reason) ?? data.stop_reason,
      usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    };
  },
  chunk(body) {
    const { data } = z.safeParse(Piece, body);
    if (!data) return undefined;
    const { generation: text, stop_reason: reason } = data;
    return {
      text,
      stopReason: reason ? (stopReasons.get(reason) ?? reason) : undefined,
      inputTokens: data.prompt_token_count ?? undefined,
      outputTokens: data.generation_token_count ?? undefined,
    };
  },
};

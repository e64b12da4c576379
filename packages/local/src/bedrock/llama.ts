import * as z from 'zod/mini';
import type { NativeBody } from './native-body.ts';
import type { Completion } from './simulated-model.ts';

const fraction = z.optional(z.number().check(z.minimum(0), z.maximum(1)));

const LlamaRequest = z.strictObject({
  prompt: z.string(),
  max_gen_len: z.optional(z.int().check(z.minimum(1), z.maximum(2048))),
  temperature: fraction,
  top_p: fraction,
});

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html */
export const llama: NativeBody = {
  readPrompt(modelId, body) {
    const request = z.safeParse(LlamaRequest, body).data;
    if (!request) return undefined;
    return {
      modelId,
      question: request.prompt,
      input: [request.prompt],
      maxTokens: request.max_gen_len ?? 512,
      stop: [],
      form: { kind: 'text' },
    };
  },

  answer: (completion) => ({
    generation: ` ${completion.deltas.join('')}`,
    prompt_token_count: completion.inputTokens,
    generation_token_count: completion.outputTokens,
    stop_reason: stopReason(completion),
  }),

  chunk: (piece, index, completion) => ({
    generation: index === 0 ? ` ${piece}` : piece,
    prompt_token_count: index === 0 ? completion.inputTokens : null,
    generation_token_count: index + 1,
    stop_reason: null,
  }),

  lastChunk: (completion) => ({
    generation: '',
    prompt_token_count: null,
    generation_token_count: completion.outputTokens,
    stop_reason: stopReason(completion),
  }),
};

function stopReason(completion: Completion): string {
  return completion.stopReason === 'max_tokens' ? 'length' : 'stop';
}

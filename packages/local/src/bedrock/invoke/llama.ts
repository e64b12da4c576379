import * as z from 'zod/mini';
import { type Completion, textDeltas } from '../model/answer.ts';
import { plainPrompt } from '../model/prompt.ts';
import type { NativeBody } from './native-body.ts';

const fraction = z.optional(z.number().check(z.minimum(0), z.maximum(1)));

const LlamaRequest = z.strictObject({
  prompt: z.string().check(z.regex(/\S/)),
  max_gen_len: z.optional(z.int().check(z.minimum(1), z.maximum(2048))),
  temperature: fraction,
  top_p: fraction,
});

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html */
export const llama: NativeBody = {
  readPrompt({ modelId }, body) {
    const request = z.safeParse(LlamaRequest, body).data;
    if (!request) return undefined;
    return {
      ...plainPrompt(modelId, request.prompt),
      maxTokens: request.max_gen_len ?? 512,
      stop: [],
    };
  },

  answer: (completion) => ({
    generation: ` ${textDeltas(completion).join('')}`,
    prompt_token_count: completion.inputTokens,
    generation_token_count: completion.outputTokens,
    stop_reason: stopReason(completion),
  }),

  chunks: (completion) => [
    ...textDeltas(completion).map((piece, index) => ({
      content: {
        generation: index === 0 ? ` ${piece}` : piece,
        prompt_token_count: index === 0 ? completion.inputTokens : null,
        generation_token_count: index + 1,
        stop_reason: null,
      },
      isDelta: true,
    })),
    {
      content: {
        generation: '',
        prompt_token_count: null,
        generation_token_count: completion.outputTokens,
        stop_reason: stopReason(completion),
      },
      isDelta: false,
    },
  ],
};

function stopReason(completion: Completion): string {
  return completion.stopReason === 'max_tokens' ? 'length' : 'stop';
}

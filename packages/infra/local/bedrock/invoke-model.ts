import * as z from 'zod/mini';
import { BedrockException } from './exception.ts';
import { complete, type ModelAnswer } from './simulated-model.ts';

const TitanTextRequest = z.strictObject({
  inputText: z.string(),
  textGenerationConfig: z.optional(
    z.strictObject({
      maxTokenCount: z.optional(z.int().check(z.minimum(1), z.maximum(8192))),
      stopSequences: z.optional(z.array(z.string())),
      temperature: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
      topP: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
    }),
  ),
});

const LlamaRequest = z.strictObject({
  prompt: z.string(),
  max_gen_len: z.optional(z.int().check(z.minimum(1), z.maximum(2048))),
  temperature: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
  top_p: z.optional(z.number().check(z.minimum(0), z.maximum(1))),
});

/**
 * The InvokeModel operation, for the two body formats of Titan Text and Llama.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-meta.html
 */
export function invokeModel(modelId: string, body: unknown): ModelAnswer {
  const titan = z.safeParse(TitanTextRequest, body).data;
  if (titan) {
    const completion = complete({
      modelId,
      question: titan.inputText,
      input: [titan.inputText],
      maxTokens: titan.textGenerationConfig?.maxTokenCount ?? 512,
      stop: titan.textGenerationConfig?.stopSequences ?? [],
    });
    const completionReason = {
      end_turn: 'FINISHED',
      max_tokens: 'LENGTH',
      stop_sequence: 'STOP_CRITERIA_MET',
    };
    const answer = {
      inputTextTokenCount: completion.inputTokens,
      results: [
        {
          tokenCount: completion.outputTokens,
          outputText: `\n${completion.text}`,
          completionReason: completionReason[completion.stopReason],
        },
      ],
    };
    return { completion, body: answer };
  }
  const llama = z.safeParse(LlamaRequest, body).data;
  if (llama) {
    const completion = complete({
      modelId,
      question: llama.prompt,
      input: [llama.prompt],
      maxTokens: llama.max_gen_len ?? 512,
      stop: [],
    });
    const answer = {
      generation: ` ${completion.text}`,
      prompt_token_count: completion.inputTokens,
      generation_token_count: completion.outputTokens,
      stop_reason: completion.stopReason === 'max_tokens' ? 'length' : 'stop',
    };
    return { completion, body: answer };
  }
  throw new BedrockException(
    'ValidationException',
    'Malformed input request, please reformat your input and try again.',
  );
}

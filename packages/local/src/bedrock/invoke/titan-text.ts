import * as z from 'zod/mini';
import { type Completion, textDeltas } from '../model/answer.ts';
import { plainPrompt } from '../model/prompt.ts';
import type { NativeBody } from './native-body.ts';

const fraction = z.optional(z.number().check(z.minimum(0), z.maximum(1)));

const TitanTextRequest = z.strictObject({
  inputText: z.string().check(z.regex(/\S/)),
  textGenerationConfig: z.optional(
    z.strictObject({
      maxTokenCount: z.optional(z.int().check(z.minimum(1), z.maximum(8192))),
      stopSequences: z.optional(z.array(z.string())),
      temperature: fraction,
      topP: fraction,
    }),
  ),
});

/** @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html */
export const titanText: NativeBody = {
  readPrompt({ modelId }, body) {
    const request = z.safeParse(TitanTextRequest, body).data;
    if (!request) return undefined;
    const { inputText, textGenerationConfig: config } = request;
    return {
      ...plainPrompt(modelId, inputText),
      maxTokens: config?.maxTokenCount ?? 512,
      stop: config?.stopSequences ?? [],
    };
  },

  answer: (completion) => ({
    inputTextTokenCount: completion.inputTokens,
    results: [
      {
        tokenCount: completion.outputTokens,
        outputText: `\n${textDeltas(completion).join('')}`,
        completionReason: completionReason(completion),
      },
    ],
  }),

  chunks: (completion) => [
    ...textDeltas(completion).map((piece, index) => ({
      content: {
        outputText: index === 0 ? `\n${piece}` : piece,
        index,
        totalOutputTextTokenCount: null,
        completionReason: null,
        inputTextTokenCount: null,
      },
      isDelta: true,
    })),
    {
      content: {
        outputText: '',
        index: textDeltas(completion).length,
        totalOutputTextTokenCount: completion.outputTokens,
        completionReason: completionReason(completion),
        inputTextTokenCount: completion.inputTokens,
      },
      isDelta: false,
    },
  ],
};

function completionReason({ stopReason }: Completion): string {
  switch (stopReason) {
    case 'max_tokens':
      return 'LENGTH';
    case 'stop_sequence':
      return 'STOP_CRITERIA_MET';
    case 'content_filtered':
      return 'CONTENT_FILTERED';
    default:
      return 'FINISHED';
  }
}

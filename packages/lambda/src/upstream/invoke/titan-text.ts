import * as z from 'zod/mini';
import type { BodyFormat } from './body-format.ts';

const Reply = z.object({
  inputTextTokenCount: z.number(),
  results: z
    .array(z.object({ tokenCount: z.number(), outputText: z.string(), completionReason: z.string() }))
    .check(z.minLength(1)),
});

const Piece = z.object({
  outputText: z.string(),
  inputTextTokenCount: z.optional(z.nullable(z.number())),
  totalOutputTextTokenCount: z.optional(z.nullable(z.number())),
  completionReason: z.optional(z.nullable(z.string())),
});

const stopReasons = new Map(
  Object.entries({
    FINISHED: 'end_turn',
    FINISH: 'end_turn',
    LENGTH: 'max_tokens',
    STOP_CRITERIA_MET: 'stop_sequence',
    CONTENT_FILTERED: 'content_filtered',
  }),
);

/**
 * Amazon Titan Text. The defaults are those of the proxy that this one grew from.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-text.html
 */
export const titanText: BodyFormat = {
  capabilities: ['stop', 'temperature', 'topP', 'temperatureWithTopP', 'stream'],
  defaultMaxTokens: 4096,
  request: ({ question, maxTokens, temperature = 0, topP = 0.9, stop = [] }) => ({
    inputText: question,
    textGenerationConfig: { maxTokenCount: maxTokens, stopSequences: stop, temperature, topP },
  }),
  reply(body) {
    const { data } = z.safeParse(Reply, body);
    const result = data?.results[0];
    if (!result) return undefined;
    const inputTokens = data.inputTextTokenCount;
    return {
      text: result.outputText.trim(),
      stopReason: stopReasonOf(result.completionReason),
      usage: { inputTokens, outputTokens: result.tokenCount, totalTokens: inputTokens + result.tokenCount },
    };
  },
  chunk(body) {
    const { data } = z.safeParse(Piece, body);
    if (!data) return undefined;
    return {
      text: data.outputText,
      stopReason: data.completionReason ? stopReasonOf(data.completionReason) : undefined,
      inputTokens: data.inputTextTokenCount ?? undefined,
      outputTokens: data.totalOutputTextTokenCount ?? undefined,
    };
  },
};

function stopReasonOf(completionReason: string): string {
  return stopReasons.get(completionReason) ?? completionReason.toLowerCase();
}

import * as z from 'zod/mini';
import { BedrockException } from './exception.ts';
import { complete, type ModelAnswer } from './simulated-model.ts';

const text = z.array(z.object({ text: z.string() }));
const fraction = z.optional(z.number().check(z.minimum(0), z.maximum(1)));

const ConverseRequest = z.object({
  messages: z.array(z.object({ role: z.enum(['user', 'assistant']), content: text })),
  system: z.optional(text),
  inferenceConfig: z.optional(
    z.object({
      maxTokens: z.optional(z.int().check(z.minimum(1))),
      temperature: fraction,
      topP: fraction,
      stopSequences: z.optional(z.array(z.string())),
    }),
  ),
});

/**
 * The Converse operation.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
 */
export function converse(modelId: string, body: unknown, maxOutputTokens: number): ModelAnswer {
  const request = z.safeParse(ConverseRequest, body).data;
  if (!request) throw new BedrockException('ValidationException', 'Malformed input request.');
  const { messages, system = [], inferenceConfig } = request;
  messages.forEach(({ role }, index) => {
    const expected = index % 2 === 0 ? 'user' : 'assistant';
    if (role !== expected) {
      throw new BedrockException(
        'ValidationException',
        'A conversation must start with a user message and alternate between user and assistant messages.',
      );
    }
  });
  const last = messages.at(-1);
  if (last?.role !== 'user') {
    throw new BedrockException('ValidationException', 'A conversation must end with a user message.');
  }
  const maxTokens = inferenceConfig?.maxTokens ?? maxOutputTokens;
  if (maxTokens > maxOutputTokens) {
    throw new BedrockException(
      'ValidationException',
      `The maximum tokens you requested exceeds the model limit of ${maxOutputTokens}.`,
    );
  }
  const completion = complete({
    modelId,
    question: last.content.map((block) => block.text).join(''),
    input: [...system, ...messages.flatMap(({ content }) => content)].map((block) => block.text),
    maxTokens,
    stop: inferenceConfig?.stopSequences ?? [],
  });
  const { inputTokens, outputTokens } = completion;
  const answer = {
    output: { message: { role: 'assistant', content: [{ text: completion.text }] } },
    stopReason: completion.stopReason,
    usage: { inputTokens, outputTokens, totalTokens: inputTokens + outputTokens },
    metrics: { latencyMs: 1 },
  };
  return { completion, body: answer };
}

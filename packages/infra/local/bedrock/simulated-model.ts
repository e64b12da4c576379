import { BedrockException } from './exception.ts';

/** What every model is asked, whichever body it came in. */
export interface Prompt {
  readonly modelId: string;
  readonly question: string;
  /** All text that counts as input, the question included. */
  readonly input: readonly string[];
  readonly maxTokens: number;
  readonly stop: readonly string[];
}

export interface Completion {
  readonly text: string;
  readonly stopReason: 'end_turn' | 'max_tokens' | 'stop_sequence';
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** A completion, and how the operation that was asked for puts it. */
export interface ModelAnswer {
  readonly completion: Completion;
  readonly body: object;
}

/** Answers as a model does: from the question, within the token limit, up to a stop sequence. */
export function complete({ modelId, question, input, maxTokens, stop }: Prompt): Completion {
  if (!/\S/.test(question))
    throw new BedrockException('ValidationException', 'The text field in the content is blank.');
  const whole =
    `You asked: ${question}\n` +
    `This is the simulated Bedrock in place of ${modelId}. It has no opinion of its own, ` +
    'but a real model would answer here.';
  const stopAt = Math.min(...stop.map((text) => whole.indexOf(text)).filter((at) => at >= 0), whole.length);
  const tokens = tokenize(whole.slice(0, stopAt));
  const text = tokens.slice(0, maxTokens).join('');
  return {
    text,
    stopReason:
      tokens.length > maxTokens ? 'max_tokens' : stopAt < whole.length ? 'stop_sequence' : 'end_turn',
    inputTokens: input.reduce((sum, part) => sum + tokenize(part).length, 0),
    outputTokens: Math.min(tokens.length, maxTokens),
  };
}

/** About four characters a token, as with real tokenizers; the pieces make up the whole text again. */
function tokenize(text: string): string[] {
  return text.match(/\s*\S{1,4}|\s+$/gu) ?? [];
}

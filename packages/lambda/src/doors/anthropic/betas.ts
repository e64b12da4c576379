import type { ModelDefinition } from '@org/models';

const every = () => true;

/** Models that read a million tokens if asked to. */
const readsMillion = ({ contextTokens = 0 }: ModelDefinition) => contextTokens >= 1_000_000;

/**
 * The betas that Bedrock takes here, and of which models: it refuses a whole request for one that it does not know.
 * Left out are those of fields that are not sent, and those that a model needs no more.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 */
const betas: Readonly<Record<string, (model: ModelDefinition) => boolean>> = {
  'interleaved-thinking-2025-05-14': every,
  'fine-grained-tool-streaming-2025-05-14': every,
  'tool-examples-2025-10-29': every,
  'context-1m-2025-08-07': readsMillion,
};

/** Features that a tool's field enables on Anthropic's own API, and a beta on Bedrock. */
export const betaOfToolField = {
  eager_input_streaming: 'fine-grained-tool-streaming-2025-05-14',
  input_examples: 'tool-examples-2025-10-29',
} as const;

/** The betas of a request that Bedrock takes, each once. */
export function betasFor(asked: readonly string[], model: ModelDefinition): string[] {
  const names = asked.map((name) => name.trim().toLowerCase());
  return [...new Set(names)].filter((name) => Object.hasOwn(betas, name) && betas[name]?.(model));
}

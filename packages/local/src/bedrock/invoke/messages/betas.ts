import { invalid } from '../../exception.ts';

/**
 * Claude features that a caller may ask for by name, as AWS's pages list them. Which model has which is not checked.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-request-response.html
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages-tool-use.html
 */
const known: ReadonlySet<string> = new Set([
  ...['computer-use-2024-10-22', 'computer-use-2025-01-24', 'computer-use-2025-11-24'],
  ...['token-efficient-tools-2025-02-19', 'fine-grained-tool-streaming-2025-05-14'],
  ...['interleaved-thinking-2025-05-14', 'dev-full-thinking-2025-05-14', 'output-128k-2025-02-19'],
  ...['context-1m-2025-08-07', 'context-management-2025-06-27', 'effort-2025-11-24'],
  ...['tool-search-tool-2025-10-19', 'tool-examples-2025-10-29'],
]);

/** @throws {BedrockException} If Bedrock does not know one. */
export function checkBetas(betas: readonly string[]): void {
  if (betas.some((beta) => !known.has(beta.toLowerCase()))) throw invalid('invalid beta flag');
}

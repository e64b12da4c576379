import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';

/** The AWS SDK as it comes: over HTTP/2, with its own credentials, retries and time limits. */
export const client = new BedrockRuntimeClient({ endpoint: process.env['BEDROCK_HTTP2_URL'] ?? '' });

/** What is asked, without a word about how. */
export interface Question {
  readonly modelId: string;
  readonly question: string;
  readonly maxTokens: number;
}

export const inputOf = ({ modelId, question, maxTokens }: Question) => ({
  modelId,
  messages: [{ role: 'user' as const, content: [{ text: question }] }],
  inferenceConfig: { maxTokens },
});

import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';

/** The AWS SDK with its defaults: over HTTP/2, with its own credentials, retries and time limits. */
export const client = new BedrockRuntimeClient({ endpoint: process.env['BEDROCK_HTTP2_URL'] ?? '' });

/** The question, without any options. */
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

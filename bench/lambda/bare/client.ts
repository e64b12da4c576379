import { BedrockRuntimeClient } from '@aws-sdk/client-bedrock-runtime';
import { NodeHttpHandler } from '@smithy/node-http-handler';

/** The AWS SDK as it comes. */
export const client = new BedrockRuntimeClient({
  // The handler that the proxy has too; one connection for each of many open streams.
  requestHandler: new NodeHttpHandler({ httpAgent: { maxSockets: Infinity } }),
});

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

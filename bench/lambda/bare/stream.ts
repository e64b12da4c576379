import { ConverseStreamCommand } from '@aws-sdk/client-bedrock-runtime';
import { client, inputOf, type Question } from './client.ts';

/** Reports the text of each delta, as the SDK's iterator yields it. */
export async function stream(question: Question, onDelta: (text: string) => void): Promise<void> {
  const { stream: events } = await client.send(new ConverseStreamCommand(inputOf(question)));
  for await (const { contentBlockDelta } of events ?? []) {
    if (contentBlockDelta?.delta?.text) onDelta(contentBlockDelta.delta.text);
  }
}

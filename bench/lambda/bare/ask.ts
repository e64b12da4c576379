import { ConverseCommand } from '@aws-sdk/client-bedrock-runtime';
import { client, inputOf, type Question } from './client.ts';

/** The smallest handler that makes one Converse call. */
export async function handler(question: Question): Promise<string | undefined> {
  const { output } = await client.send(new ConverseCommand(inputOf(question)));
  return output?.message?.content?.[0]?.text;
}

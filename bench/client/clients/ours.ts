import { createBedrockClient } from '@org/bedrock-client';
import { apiKey, type Client, model, question } from '../client.ts';

/** The client of this repository with its defaults. */
export function connect(url: string): Client {
  const client = createBedrockClient({ baseUrl: `${url}/dev`, apiKey });
  return {
    async ask() {
      const { text } = await client.ask(model, question);
      return text;
    },
    async stream() {
      let pieces = 0;
      for await (const _ of client.stream(model, question).textStream()) pieces += 1;
      return pieces;
    },
  };
}

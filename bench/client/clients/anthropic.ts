import Anthropic from '@anthropic-ai/sdk';
import { apiKey, type Client, model, question } from '../client.ts';

/** Anthropic's SDK with its defaults. */
export function connect(url: string): Client {
  const client = new Anthropic({ baseURL: url, apiKey });
  const asked = { model, max_tokens: 1024, messages: [{ role: 'user' as const, content: question }] };
  return {
    async ask() {
      const { content } = await client.messages.create(asked);
      return content[0]?.type === 'text' ? content[0].text : '';
    },
    async stream() {
      let pieces = 0;
      for await (const { type } of await client.messages.create({ ...asked, stream: true })) {
        if (type === 'content_block_delta') pieces += 1;
      }
      return pieces;
    },
  };
}

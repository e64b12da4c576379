import OpenAI from 'openai';
import { apiKey, type Client, model, question } from '../client.ts';

/** OpenAI's SDK with its defaults. */
export function connect(url: string): Client {
  const client = new OpenAI({ baseURL: `${url}/v1`, apiKey });
  const messages = [{ role: 'user' as const, content: question }];
  return {
    async ask() {
      const { choices } = await client.chat.completions.create({ model, messages });
      return choices[0]?.message.content ?? '';
    },
    async stream() {
      let pieces = 0;
      for await (const { choices } of await client.chat.completions.create({
        model,
        messages,
        stream: true,
      })) {
        if (choices[0]?.delta.content) pieces += 1;
      }
      return pieces;
    },
  };
}

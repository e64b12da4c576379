import { createOpenAI } from '@ai-sdk/openai';
import { generateText, streamText } from 'ai';
import { apiKey, type Client, model, question } from '../client.ts';

/** Vercel's AI SDK with its provider for OpenAI. */
export function connect(url: string): Client {
  const asked = { model: createOpenAI({ baseURL: `${url}/v1`, apiKey }).chat(model), prompt: question };
  return {
    async ask() {
      const { text } = await generateText(asked);
      return text;
    },
    async stream() {
      let pieces = 0;
      for await (const _ of streamText(asked).textStream) pieces += 1;
      return pieces;
    },
  };
}

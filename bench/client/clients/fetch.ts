import { type Client, request } from '../client.ts';
import { countPieces } from './read-by-hand.ts';

/** Node's `fetch` alone, as a program without an SDK calls the proxy. */
export function connect(url: string): Client {
  return {
    async ask() {
      const response = await fetch(`${url}/dev/bedrock`, request);
      const { text }: { text: string } = JSON.parse(await response.text());
      return text;
    },
    async stream() {
      return countPieces(await fetch(`${url}/dev/bedrock/stream`, request));
    },
  };
}

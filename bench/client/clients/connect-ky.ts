import ky, { type Options } from 'ky';
import { type Client, request } from '../client.ts';
import { countPieces } from './read-by-hand.ts';

/** ky, with the options that are compared. */
export function connectKy(url: string, options: Options): Client {
  const client = ky.create({ ...request, ...options });
  return {
    async ask() {
      const { text } = await client<{ text: string }>(`${url}/dev/bedrock`).json();
      return text;
    },
    async stream() {
      return countPieces(await client(`${url}/dev/bedrock/stream`));
    },
  };
}

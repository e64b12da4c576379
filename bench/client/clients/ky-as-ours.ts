import type { Client } from '../client.ts';
import { connectKy } from './connect-ky.ts';

/** ky alone, with the options that our client gives it in `call/attempts.ts`. */
export function connect(url: string): Client {
  return connectKy(url, {
    fetch: (input, init) => fetch(input, init),
    timeout: false,
    throwHttpErrors: false,
    retry: { limit: 2, methods: ['post'], shouldRetry: async () => false, delay: () => 0 },
  });
}

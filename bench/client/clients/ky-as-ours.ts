import type { Client } from '../client.ts';
import { connectKy } from './connect-ky.ts';

/** With the options that `src/call/attempts.ts` gives it. */
export function connect(url: string): Client {
  return connectKy(url, {
    fetch: (input, init) => fetch(input, init),
    timeout: false,
    throwHttpErrors: false,
    retry: { limit: 2, methods: ['post'], shouldRetry: async () => false, delay: () => 0 },
  });
}

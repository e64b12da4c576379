import type { Client } from '../client.ts';
import { connectKy } from './connect-ky.ts';

/** ky with its defaults. `ky-bare.ts` has no retry and no timeout, and `ky-as-ours.ts` the options of our client. */
export function connect(url: string): Client {
  return connectKy(url, {});
}

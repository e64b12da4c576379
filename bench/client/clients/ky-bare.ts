import type { Client } from '../client.ts';
import { connectKy } from './connect-ky.ts';

/** ky without its retry and its timeout. */
export function connect(url: string): Client {
  return connectKy(url, { retry: 0, timeout: false });
}

import { createClient } from '../src/client.ts';
import type { BedrockClientOptions } from '../src/options/options.ts';
import { type Handler, serve } from './loopback-server.ts';
import { manualRuntime } from './manual-runtime.ts';

/** The least that a client needs, in any runtime. */
export const settings = {
  baseUrl: 'https://proxy.example/dev',
  apiKey: 'key',
  dangerouslyAllowBrowser: true,
} satisfies BedrockClientOptions;

/** A server, and a client of it whose waits are recorded instead of slept. */
export async function scene(handler: Handler, options: BedrockClientOptions = {}) {
  const { url, calls } = await serve(handler);
  const { runtime, waits } = manualRuntime();
  const client = createClient({ ...settings, baseUrl: url, ...options }, runtime);
  return { client, calls, waits, url };
}

import { createClient } from '../src/client.ts';
import type { BedrockClientOptions } from '../src/options/options.ts';
import { type Handler, serve } from './loopback-server.ts';
import { manualRuntime } from './manual-runtime.ts';

/** A server, and a client of it whose waits are recorded instead of slept. */
export async function scene(handler: Handler, options: BedrockClientOptions = {}) {
  const { url, calls } = await serve(handler);
  const { runtime, waits } = manualRuntime();
  const client = createClient({ baseUrl: url, apiKey: 'key', ...options }, runtime);
  return { client, calls, waits, url };
}

import type { ClientModule } from './client.ts';

/**
 * Imports a client and asks once. Prints the milliseconds that both took together.
 *
 *   node cold-start.mjs FILE URL
 */
const [file = '', url = ''] = process.argv.slice(2);
const started = performance.now();
const { connect }: ClientModule = await import(file);
await connect(url).ask();
process.stdout.write(String(performance.now() - started), () =>
  // Not waiting for connections that are kept alive.
  process.exit(),
);

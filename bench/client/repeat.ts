import type { ClientModule } from './client.ts';

/**
 * Does one thing many times.
 *
 *   node repeat.mjs FILE URL ask|stream TIMES
 */
const [file = '', url = '', work = '', times = ''] = process.argv.slice(2);
const { connect }: ClientModule = await import(file);
const client = connect(url);
for (let count = 0; count < Number(times); count += 1)
  await (work === 'stream' ? client.stream() : client.ask());
process.exit();

import { join } from 'node:path';
import { synthesize } from '@org/infra/stack';
import { configs } from './configs.ts';

const [directory] = process.argv.slice(2);
if (!directory) throw new Error('Usage: synthesize-configs.ts DIRECTORY');
for (const [name, config] of Object.entries(configs)) synthesize(config, { outdir: join(directory, name) });

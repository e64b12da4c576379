import { synthesize } from '@org/infra/stack';
import { soakConfig } from './teams.ts';

/** In its own process, because importing the CDK takes much memory. */
const [directory, requests] = process.argv.slice(2);
if (!directory) throw new Error('Usage: synthesize.ts DIRECTORY REQUESTS');
synthesize(soakConfig(Number(requests)), { outdir: directory });

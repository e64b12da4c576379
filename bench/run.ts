import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as z from 'zod/mini';
import { PartResult, resultFileVariable } from './part.ts';
import { summaryText } from './summary.ts';

const usage = `Usage: npm run bench -- [--short] [PART...]

Measures, and writes a page for each part and the one report of all parts to docs/benchmarks.

  PART     limits, lambda, doors, clients, outcomes, gateways or start; the one report is left as it is. Default: all of them
  --short  measures gateways and start briefly, to see that they work; their figures mean little
`;

const root = join(import.meta.dirname, '..');
const source = '--conditions=@org/source';

/** In the order of the report. */
const parts = {
  limits: [source, 'bench/limits/limits.ts'],
  gateways: [source, 'bench/gateways/gateways.ts'],
  lambda: [source, 'bench/lambda/lambda.ts'],
  doors: [source, 'bench/lambda/doors.ts'],
  clients: [source, 'bench/client/clients.ts'],
  outcomes: [source, 'bench/client/outcomes.ts'],
  start: [source, 'bench/start.ts'],
} as const;
const names = Object.keys(parts) as readonly string[];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { short: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
});
const unknown = positionals.filter((name) => !names.includes(name));
if (values.help || unknown.length > 0) {
  process.stdout.write(unknown.length > 0 ? `There is no part ${unknown.join(', ')}.\n\n${usage}` : usage);
  process.exit(unknown.length > 0 ? 1 : 0);
}

const directory = await mkdtemp(join(tmpdir(), 'bedrock-proxy-bench-'));
const began = performance.now();
const results: PartResult[] = [];
for (const [name, args] of Object.entries(parts)) {
  if (positionals.length > 0 && !positionals.includes(name)) continue;
  const file = join(directory, `${name}.json`);
  const child = spawn(process.execPath, args, {
    cwd: root,
    env: { ...process.env, [resultFileVariable]: file, BENCH_SHORT: values.short ? '1' : '' },
    stdio: 'inherit',
  });
  const [code] = await once(child, 'exit');
  if (code !== 0) throw new Error(`The part ${name} of the benchmark ended with ${code}.`);
  results.push(z.parse(PartResult, JSON.parse(await readFile(file, 'utf8'))));
}
await rm(directory, { recursive: true, force: true });
if (positionals.length === 0) {
  const text = summaryText(results, { minutes: (performance.now() - began) / 60_000 });
  await writeFile(join(root, 'docs/benchmarks/README.md'), text);
  process.stdout.write(text);
}

import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseSoakArguments, reportedFrom, rounds, type SoakArguments, usage } from './options.ts';
import { reportText } from './report.ts';
import { runSoak } from './run.ts';
import { problemsOf } from './verdict.ts';

/** `npm run soak`: runs it, fails where anything is wrong, and writes the report of a run that is long enough. */
const report = join(import.meta.dirname, '../../docs/benchmarks/soak.md');

const options = readArguments();

function readArguments(): SoakArguments {
  try {
    const read = parseSoakArguments(process.argv.slice(2), Math.floor(Math.random() * 2 ** 31));
    if (read !== 'help') return read;
    process.stdout.write(usage);
    process.exit(0);
  } catch (error) {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    process.exit(1);
  }
}

const assembly = await mkdtemp(join(tmpdir(), 'bedrock-proxy-soak-'));
try {
  process.stdout.write(`npm run soak -- --requests ${options.requests} --seed ${options.seed}\n`);
  const script = join(import.meta.dirname, 'synthesize.ts');
  await promisify(execFile)(process.execPath, [
    '--conditions=@org/source',
    script,
    assembly,
    String(options.requests),
  ]);
  const result = await runSoak({
    ...options,
    assembly,
    rounds,
    onProgress: (line) => process.stdout.write(`${line}\n`),
  });
  const problems = problemsOf(result);
  const text = reportText(result, options);
  process.stdout.write(`\n${text}`);
  if (problems.length > 0) {
    process.stderr.write(`\n${problems.length} things are wrong:\n${problems.slice(0, 100).join('\n')}\n`);
    process.exitCode = 1;
  } else if (options.requests >= reportedFrom) {
    await writeFile(report, text);
  }
} finally {
  await rm(assembly, { recursive: true, force: true });
}

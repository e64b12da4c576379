import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { reportText } from './report.ts';
import { runSoak } from './run.ts';
import { problemsOf } from './verdict.ts';

/** `npm run soak`: runs it, fails where anything is wrong, and writes the report of a run that is long enough. */
const report = join(import.meta.dirname, '../../../../docs/benchmarks/soak.md');
const reportedFrom = 100_000;

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: String(reportedFrom) },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
    callers: { type: 'string', default: '16' },
  },
});
const numberOf = (name: keyof typeof values): number => {
  const number = Number(values[name]);
  if (!Number.isSafeInteger(number) || number < 0) {
    throw new Error(`--${name} must be a whole number, and is ${values[name]}.`);
  }
  return number;
};

const assembly = await mkdtemp(join(tmpdir(), 'bedrock-proxy-soak-'));
try {
  const options = {
    assembly,
    requests: numberOf('requests'),
    seed: numberOf('seed'),
    callers: numberOf('callers'),
    rounds: 25,
    onProgress: (line: string) => process.stdout.write(`${line}\n`),
  };
  process.stdout.write(`npm run soak -- --requests ${options.requests} --seed ${options.seed}\n`);
  const script = join(import.meta.dirname, 'synthesize.ts');
  await promisify(execFile)(process.execPath, [
    '--conditions=@org/source',
    script,
    assembly,
    values.requests,
  ]);
  const result = await runSoak(options);
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

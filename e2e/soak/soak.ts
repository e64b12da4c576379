import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { reportText } from './report.ts';
import { runSoak } from './run.ts';
import { problemsOf } from './verdict.ts';

/** `npm run soak` runs the soak, fails if anything is wrong, and writes the report if the run is long enough. */
const report = join(import.meta.dirname, '../../docs/benchmarks/soak.md');

/** The shortest run that writes it. */
const reportedFrom = 100_000;

/** Each makes requests, at least four so that enough teams make one, and ends with a measurement. */
const rounds = 25;

const usage = `Usage: npm run soak -- [options]

Makes requests among random faults, then checks every account against Bedrock's bill.

  --requests NUMBER  at least ${rounds * 4}; from ${reportedFrom} on, docs/benchmarks/soak.md is written (default: ${reportedFrom})
  --seed NUMBER      decides the faults (default: a new one each time; it is printed)
  --callers NUMBER   callers at once (default: 16)
  --help             prints this help

100,000 requests take about 20 minutes on 2 cores; 1,000 take about a minute.
`;

function readArguments() {
  const { values } = parseArgs({
    options: {
      requests: { type: 'string', default: String(reportedFrom) },
      seed: { type: 'string', default: String(Math.floor(Math.random() * 2 ** 31)) },
      callers: { type: 'string', default: '16' },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  if (values.help) {
    process.stdout.write(usage);
    process.exit(0);
  }
  const whole = (name: 'requests' | 'seed' | 'callers', least: number): number => {
    const number = Number(values[name]);
    if (Number.isSafeInteger(number) && number >= least) return number;
    throw new Error(`--${name} must be a whole number of at least ${least}, not "${values[name]}".`);
  };
  return { requests: whole('requests', rounds * 4), seed: whole('seed', 0), callers: whole('callers', 1) };
}

const options = readArguments();
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

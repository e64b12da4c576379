import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { machine, spread, table } from './markdown.ts';
import { statisticsOf } from './measure/statistics.ts';
import { publish, short } from './part.ts';

/** Measures how long it takes until the proxy serves on this machine, and writes the report. */
const root = join(import.meta.dirname, '..');
const runs = short ? 1 : 5;

/** Milliseconds from the start of a process. */
interface Start {
  readonly serves: number;
  readonly answers: number;
}

const ways = {
  '`node packages/local/src/start.ts`': [
    process.execPath,
    ['--conditions=@org/source', 'packages/local/src/start.ts', '--once'],
  ],
  '`npm start`, all built before': ['npm', ['start', '--', '--once']],
} as const;

async function start([command, args]: (typeof ways)[keyof typeof ways]): Promise<Start> {
  const begin = performance.now();
  const child = spawn(command, args, {
    cwd: root,
    env: { ...process.env, PORT: '0' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const ended = once(child, 'exit');
  let serves = Number.NaN;
  let answers = Number.NaN;
  for await (const line of createInterface({ input: child.stdout })) {
    if (line.startsWith('Endpoint:')) serves = performance.now() - begin;
    // The simulated Bedrock's answer starts with this.
    if (line.startsWith('You asked:')) answers = performance.now() - begin;
  }
  const [code] = await ended;
  if (code !== 0 || Number.isNaN(answers))
    throw new Error(`${command} ${args.join(' ')} ended with ${code}.`);
  return { serves, answers };
}

const rows: string[][] = [];
for (const [title, way] of Object.entries(ways)) {
  const first = await start(way);
  const starts: Start[] = [];
  for (let run = 0; run < runs; run += 1) starts.push(await start(way));
  const seconds = (key: keyof Start) => statisticsOf(starts.map((each) => each[key] / 1000));
  rows.push([title, (first.serves / 1000).toFixed(2), spread(seconds('serves')), spread(seconds('answers'))]);
}

const head = ['s', 'serves, at the first start', 'serves', 'has answered its first question'];
const text = `# Local start

Written by \`npm run bench\` (\`bench/start.ts\`) on ${new Date().toISOString().slice(0, 10)}: ${machine()}.
From the start of the process: a simulated Bedrock, a DynamoDB in memory and the gateway, then one question through all
of it. The first start also builds the functions and synthesizes the stack, if no earlier one has done so from the same
sources. Medians of the ${runs} starts after it, one after the other, with the quartiles in brackets.

${table(head, rows)}
`;
await publish(
  {
    title: 'Local start',
    page: 'start.md',
    about: 'Seconds from the start of the process; the median, and the quartiles in brackets.',
    versions: {},
    aims: [],
    figures: { head, rows },
  },
  text,
);

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startHelper } from '../../test/helper-process.ts';
import { machine, table } from '../markdown.ts';
import { measureCold, wholeOf } from '../measure/cold.ts';
import { profileTables } from '../measure/cpu-profile.ts';
import { type Statistics, statisticsOf } from '../measure/statistics.ts';
import { publish } from '../part.ts';
import { pieceCount } from './answers.ts';
import { bundleClients, bundleSource } from './bundles.ts';
import { installed, versionOf } from './installed-size.ts';
import { profile } from './profile.ts';
import { ours, type Subject, subjects } from './subjects.ts';
import { type Measured, measureWarm } from './warm.ts';

/** Measures our client and others, and writes the report. */
const directory = await mkdtemp(join(tmpdir(), 'bedrock-client-bench-'));
const server = await startHelper<{ port: number }>(join(import.meta.dirname, 'server.ts'));
const url = `http://127.0.0.1:${server.started.port}`;

const bundles = await bundleClients(directory);
const { asks, streams } = await measureWarm(bundles, url);
const colds = await measureCold(
  new Map([...bundles].map(([name, { file }]) => [name, { file, argument: url }])),
);

/** The numbers in a subject's row; smaller is better. */
interface Row {
  readonly subject: Subject;
  readonly ask: Statistics;
  readonly stream: Statistics;
  readonly cold: Statistics;
  readonly bytes: number;
  readonly gzippedBytes: number;
  readonly installedBytes: number;
  readonly packages: number;
}

const of = (measured: Measured, { name }: Subject): Statistics => statisticsOf(measured.get(name) ?? []);

const rows: Row[] = [];
for (const subject of subjects) {
  const bundle = bundles.get(subject.name);
  if (!bundle) throw new Error(`${subject.name} was not bundled.`);
  const { bytes: installedBytes, packages } = await installed(subject.packages);
  rows.push({
    subject,
    ask: of(asks, subject),
    stream: of(streams, subject),
    cold: statisticsOf(wholeOf(colds.get(subject.name))),
    bytes: bundle.bytes,
    gzippedBytes: bundle.gzippedBytes,
    installedBytes,
    packages,
  });
}

const rowOf = (name: string): Row => {
  const row = rows.find(({ subject }) => subject.name === name);
  if (!row) throw new Error(`There is no row ${name}.`);
  return row;
};

const raw = rowOf('fetch');
const own = rowOf(ours.name);
const ky = rowOf('ky');
const kyAsOurs = rowOf('ky-as-ours');
const anthropic = rowOf('anthropic');

const ratio = (value: number, to: number) => (value / to).toFixed(2);
const ms = ({ median, lowerQuartile, upperQuartile }: Statistics, digits: number) =>
  `${median.toFixed(digits)} (${lowerQuartile.toFixed(digits)} to ${upperQuartile.toFixed(digits)})`;
const kb = (bytes: number) => (bytes / 1000).toFixed(1);
const megabytes = (bytes: number) => (bytes / 1e6).toFixed(1);
const perSecond = (milliseconds: number) =>
  Math.round((pieceCount / milliseconds) * 1000).toLocaleString('en');

const columns: Readonly<Record<string, (row: Row) => number>> = {
  'a call': ({ ask }) => ask.median,
  'a stream': ({ stream }) => stream.median,
  'import and first call': ({ cold }) => cold.median,
  minified: ({ bytes }) => bytes,
  gzipped: ({ gzippedBytes }) => gzippedBytes,
  installed: ({ installedBytes }) => installedBytes,
};

/** The columns in which an SDK is not behind our client. */
const lost = Object.entries(columns).flatMap(([column, value]) =>
  rows
    .filter((row) => row.subject.sdk && value(row) <= value(own))
    .map(({ subject }) => ({ column, title: subject.title })),
);

interface Aim {
  readonly aim: string;
  readonly found: string;
  readonly met: boolean;
  /** What to profile if the aim is missed, or `bytes` to list the bundle's largest files. */
  readonly look: readonly [work: 'ask' | 'stream', times: number] | 'bytes';
}

const coldDifference = own.cold.median - ky.cold.median;
const aims: readonly Aim[] = [
  {
    aim: 'ahead of every SDK in every column',
    found: lost.length === 0 ? 'yes' : lost.map(({ column, title }) => `${column}: ${title}`).join(', '),
    met: lost.length === 0,
    look: lost.some(({ column }) => column === 'a stream') ? ['stream', 300] : ['ask', 5000],
  },
  {
    aim: 'a call at most 1.05 times ky with equal options',
    found: ratio(own.ask.median, kyAsOurs.ask.median),
    met: own.ask.median <= 1.05 * kyAsOurs.ask.median,
    look: ['ask', 5000],
  },
  {
    aim: 'a call faster than that of anthropic, with ky inside',
    found: `${ratio(own.ask.median, raw.ask.median)} and ${ratio(anthropic.ask.median, raw.ask.median)}`,
    met: own.ask.median < anthropic.ask.median,
    look: ['ask', 5000],
  },
  {
    aim: 'a stream at most 2.0 times raw fetch',
    found: ratio(own.stream.median, raw.stream.median),
    met: own.stream.median <= 2 * raw.stream.median,
    look: ['stream', 300],
  },
  {
    aim: "import and first call at most 5 ms over ky's",
    found: `${coldDifference.toFixed(1)} ms`,
    met: coldDifference <= 5,
    look: ['ask', 1],
  },
  {
    aim: 'at most 30 KB gzipped',
    found: `${kb(own.gzippedBytes)} KB, including ky's ${kb(ky.gzippedBytes)} KB`,
    met: own.gzippedBytes <= 30_000,
    look: 'bytes',
  },
  {
    aim: 'at most 90 KB minified',
    found: `${kb(own.bytes)} KB, including ky's ${kb(ky.bytes)} KB`,
    met: own.bytes <= 90_000,
    look: 'bytes',
  },
];

/** Explains a missed aim, as Markdown. */
async function explain(look: Aim['look']): Promise<string> {
  if (look === 'bytes') {
    const { bytesBySource } = await bundleSource(join(directory, 'bytes'), { minify: true });
    const kyBytes = [...bytesBySource].reduce(
      (sum, [file, bytes]) => sum + (file.startsWith('ky/') ? bytes : 0),
      0,
    );
    const files = [...bytesBySource]
      .filter(([file]) => !file.startsWith('ky/'))
      .sort(([, a], [, b]) => b - a);
    const rows = [['ky', kyBytes] as const, ...files.slice(0, 14)];
    return `### Bytes

${table(
  ['source', 'minified, bytes'],
  rows.map(([file, bytes]) => [file, String(bytes)]),
)}
`;
  }
  const [work, times] = look;
  const measured = await profile(directory, url, work, times);
  const what =
    work === 'stream' ? `${times} streams` : times === 1 ? 'Import and first call' : `${times} calls`;
  return `### ${what}

\`node --cpu-prof\` of our client alone, built with its names; the time in each function itself, without waiting.

${profileTables(measured)}
`;
}

const looks = new Map(aims.flatMap(({ met, look }) => (met ? [] : [[String(look), look] as const])));
const explanations: string[] = [];
for (const look of looks.values()) explanations.push(await explain(look));

const versions: [name: string, version: string][] = [];
for (const name of new Set(subjects.flatMap(({ packages }) => packages))) {
  if (!ours.packages.includes(name)) versions.push([name, await versionOf(name)]);
}

const text = `# The client compared with others

Written by \`npm run bench\` (\`bench/client/clients.ts\`) on ${new Date().toISOString().slice(0, 10)}:
${machine()}.
${versions.map((each) => each.join(' ')).join(', ')}. Ratios carry over to other machines, milliseconds do not.

${table(
  [
    '',
    'a call, ms',
    '× raw fetch',
    'a stream, ms',
    'pieces a second',
    '× raw fetch',
    'import and first call, ms',
    'minified, KB',
    'gzipped, KB',
    'installed, MB (packages)',
  ],
  rows.map(({ subject, ask, stream, cold, bytes, gzippedBytes, installedBytes, packages }) => [
    subject.title,
    ms(ask, 2),
    ratio(ask.median, raw.ask.median),
    ms(stream, 1),
    perSecond(stream.median),
    ratio(stream.median, raw.stream.median),
    ms(cold, 0),
    kb(bytes),
    kb(gzippedBytes),
    `${megabytes(installedBytes)} (${packages})`,
  ]),
)}

Medians, with the quartiles in brackets. Vercel AI SDK is \`ai\` with \`@ai-sdk/openai\`. A KB is 1,000 bytes.

## Method

- One HTTP server on loopback, in its own process, sends the same text in the shape of each API: raw fetch, ky and
  our client talk to it as to the proxy. Raw fetch trusts every byte; ours checks each answer and each event.
- esbuild (through tsup) bundles each client into one minified ES module, ours from its published file. That module is
  weighed, imported and called.
- A call and a stream: one process, open connections, one call at a time, the clients in turns, in a new random order each time;
  ${own.ask.count} calls and ${own.stream.count} streams of ${pieceCount} pieces after a warm-up. Each piece is its own HTTP chunk.
- Import and first call: a new process each, ${own.cold.count} in turns; from before \`import()\` until there is an answer.
- Installed: the files of the packages and of all their dependencies.
- "The options that ours gives it": a custom \`fetch\`, no timeout and no error for a status, and a function that decides on
  retries of POST. ky adds a second \`Request\` to the one that \`fetch\` makes.

## Aims

${table(
  ['aim', 'found', ''],
  aims.map(({ aim, found, met }) => [aim, found, met ? 'met' : '**missed**']),
)}
${explanations.length === 0 ? '' : `\n## Why an aim is missed\n\n${explanations.join('\n')}`}`;
await publish(
  {
    title: 'The client compared with others',
    page: 'client.md',
    about: 'Medians, with the quartiles in brackets.',
    versions: Object.fromEntries(versions),
    aims: aims.map(({ aim, found, met }) => ({ aim, found, met })),
    figures: {
      head: ['', 'a call, × raw fetch', 'a stream, × raw fetch', 'import and first call, ms', 'gzipped, KB'],
      rows: rows.map(({ subject, ask, stream, cold, gzippedBytes }) => [
        subject.title,
        ratio(ask.median, raw.ask.median),
        ratio(stream.median, raw.stream.median),
        ms(cold, 0),
        kb(gzippedBytes),
      ]),
    },
  },
  text,
);
await server.stop();
await rm(directory, { recursive: true, force: true });

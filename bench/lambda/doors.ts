import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { synthesize } from '@org/infra/stack';
import { functionEnvironment, readRoute } from '@org/local';
import { config } from '../config.ts';
import { machine, spread, table } from '../markdown.ts';
import { statisticsOf } from '../measure/statistics.ts';
import { publish } from '../part.ts';
import type { DoorCpu, DoorTask } from './door-cpu.ts';
import { measure } from './measurement.ts';

/** Measures what each API adds to the same call through the native one, and writes the report. */
const directory = await mkdtemp(join(tmpdir(), 'bedrock-proxy-bench-'));
synthesize(config, { outdir: directory });
const { definition, region, tables } = readRoute(directory, 'ask');

const pieces = 1000;
const calls = { whole: 60, stream: 5 };
const question = 'What is a dystopia';
const messages = [{ role: 'user', content: question }];
const maxTokens = 1024;

type RouteName = Parameters<typeof readRoute>[1];

interface Door {
  readonly name: string;
  readonly model: 'llama' | 'claude-haiku-4.5';
  readonly routes: readonly [whole: RouteName, stream: RouteName];
  readonly body: object;
  /** A string at the end of each. */
  readonly ends: readonly [whole: string, stream: string];
}

const native = {
  routes: ['ask', 'stream'],
  body: { question, maxTokens },
  ends: ['"stopReason"', '"done"'],
} as const;
const ofMessages = {
  routes: ['messages', 'messages'],
  body: { messages, max_tokens: maxTokens },
  ends: ['"stop_reason"', 'message_stop'],
} as const;

/** Each is compared with the first of its model. */
const doors: readonly Door[] = [
  { name: 'native', model: 'llama', ...native },
  {
    name: 'OpenAI chat completions',
    model: 'llama',
    routes: ['chatCompletions', 'chatCompletions'],
    body: { messages, max_completion_tokens: maxTokens },
    ends: ['"finish_reason"', '[DONE]'],
  },
  {
    name: 'OpenAI responses',
    model: 'llama',
    routes: ['responses', 'responses'],
    body: { input: question, max_output_tokens: maxTokens },
    ends: ['"completed"', 'response.completed'],
  },
  { name: 'Anthropic messages, translated', model: 'llama', ...ofMessages },
  { name: 'native', model: 'claude-haiku-4.5', ...native },
  { name: 'Anthropic messages, passed on', model: 'claude-haiku-4.5', ...ofMessages },
];

const task: DoorTask = {
  ...{ pieces, tables },
  proxy: join(definition.directory, 'index.mjs'),
  requests: doors.flatMap(({ model, routes: [ask, stream], body, ends: [whole, streamed] }) => {
    const isNative = ask !== stream;
    const eventOf = (route: RouteName, streams: boolean) =>
      readRoute(directory, route).eventOf('unlimited-key', {
        ...{ model, ...body },
        ...(!isNative && { stream: streams }),
      });
    return [
      { event: eventOf(ask, false), end: whole, calls: calls.whole },
      { event: eventOf(stream, true), end: streamed, calls: calls.stream },
    ];
  }),
};
const { taken } = await measure<DoorCpu>(
  ['door-cpu.ts'],
  task,
  functionEnvironment(definition, { region, logStreamName: 'bench', extra: {} }),
);
await rm(directory, { recursive: true, force: true });

const measured = doors.map((door, index) => {
  const base = doors.findIndex(({ model }) => model === door.model);
  const of = (offset: number) => {
    const own = taken[2 * index + offset] ?? [];
    const compared = taken[2 * base + offset] ?? [];
    return {
      cpu: statisticsOf(own),
      // Within a round, so that other load on the machine affects both.
      ratio: statisticsOf(own.map((milliseconds, round) => milliseconds / (compared[round] ?? Number.NaN))),
    };
  };
  return { ...door, isBase: base === index, whole: of(0), stream: of(1) };
});

const head = ['', 'model', 'a whole answer', 'over native', `a stream of ${pieces} pieces`, 'over native'];
const rows = measured.map(({ name, model, isBase, whole, stream }) => [
  name,
  model,
  spread(whole.cpu),
  isBase ? '1.00' : spread(whole.ratio),
  spread(stream.cpu),
  isBase ? '1.00' : spread(stream.ratio),
]);
const count = measured[0]?.whole.cpu.count ?? 0;
const text = `# What other APIs add to the native one

Written by \`npm run bench -- doors\` (\`bench/lambda/doors.ts\`): ${machine()}. The built bundle is called as
the Lambda runtime calls it, over HTTP to a Bedrock in another process, which answers with prepared bytes. The ledger counts
nothing, because it costs the same for every API. The question and the answer are always the same.

Milliseconds of CPU a call, on all threads of the function's process: medians, with the quartiles in brackets. All take
turns in one process, in a random order in each of ${count} rounds, of ${calls.whole} whole answers and ${calls.stream} streams each; a ratio is
that within a round. The machine had other work to do meanwhile, so the ratios say more than the milliseconds. Nothing was
measured on AWS.

${table(head, rows)}

Claude gets the body of Anthropic's API unchanged, and each event of its answer goes out unchanged, except for the fields that
the function sets itself. Its stream still costs more than that of Converse: Bedrock sends each event of InvokeModel as
base64 within JSON, and both must be decoded. That is about a seventh of the CPU of such a stream, by a profile made once; the
events are also longer on both sides.
`;

const aims = measured
  .filter(({ isBase }) => !isBase)
  .flatMap(({ name, model, whole, stream }) => {
    const [words, most] =
      model === 'llama' ? ['at most 1.05 times the native API', 1.05] : ['less than the native API', 1];
    return [
      { what: 'a whole answer', ratio: whole.ratio.median },
      { what: 'a stream', ratio: stream.ratio.median },
    ].map(({ what, ratio }) => ({
      aim: `the CPU of ${what} through ${name}: ${words}`,
      found: ratio.toFixed(2),
      met: ratio <= most,
    }));
  });
process.stdout.write(
  `${aims.map(({ aim, found, met }) => `${aim}: ${found}${met ? '' : ', missed'}`).join('\n')}\n\n`,
);
await publish(
  {
    title: 'What other APIs add to the native one',
    page: 'doors.md',
    about: 'Milliseconds of CPU a call; the median, and the quartiles in brackets.',
    versions: {},
    aims,
    figures: { head, rows },
  },
  text,
);

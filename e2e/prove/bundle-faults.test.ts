import { setTimeout } from 'node:timers/promises';
import { proofNames } from '@org/admin';
import { expect, test, vi } from 'vitest';
import { faultyAssembly, type SourceEdit } from './faulty-assembly.ts';
import { named, startProving } from './proving.ts';

// A run has some two hundred requests, and a busy machine is slow.
vi.setConfig({ testTimeout: 180_000 });

/** The race takes half of a run. Faults of the log and of streams are not in its way. */
const withoutRace = proofNames.filter((name) => name !== 'race');

/** The proofs that read the function's log. */
const ofLog = ['hang-up', 'logged', 'log-without-content', 'recorded', 'metrics'];

/** A fault in the function, and the names of all proofs that find it. */
const faults: [fault: string, edit: SourceEdit, broken: string[]][] = [
  [
    'a settlement that gives nothing back',
    { file: 'call/ask.ts', from: 'due = trueCostOf(usage, model.price, call);', to: '' },
    ['charge'],
  ],
  [
    'a charge below the count of Bedrock',
    {
      file: 'call/ask.ts',
      from: 'due = trueCostOf(usage, model.price, call);',
      to: 'due = { ...trueCostOf(usage, model.price, call), tokens: 1 };',
    },
    ['charge', 'hang-up', 'recorded'],
  ],
  [
    'a call that is not held',
    {
      file: 'ledger/ledger.ts',
      from: 'of scopes.flatMap((scope) => accountsOf(scope, moment))) {',
      to: 'of scopes.slice(0, 0).flatMap((scope) => accountsOf(scope, moment))) {',
    },
    ['race', 'spent', 'charge', 'hang-up'],
  ],
  [
    'a limit that is not a condition of the hold',
    {
      file: 'ledger/counter-table.ts',
      from: 'for (const bound of bounds) {',
      to: 'for (const bound of bounds.slice(0, 0)) {',
    },
    ['race', 'spent'],
  ],
  [
    'an error that repeats the request',
    {
      file: 'http/handler.ts',
      from: 'response.respond(refusal);',
      to: 'response.respond({ ...refusal, body: JSON.stringify({ ...JSON.parse(refusal.body), request: event.body }) });',
    },
    ['errors-without-content'],
  ],
  [
    'a refusal in flight without retry-after',
    {
      file: 'http/response.ts',
      from: '[headers.retryAfter]: String(retryAfterSeconds)',
      to: '',
    },
    ['race'],
  ],
  [
    'a log line with the question',
    {
      file: 'http/asking.ts',
      from: 'const asked = door.parse(',
      to: 'Object.assign(log, { asked: body });\n    const asked = door.parse(',
    },
    ['log-without-content'],
  ],
  [
    'a function that does not log',
    { file: 'http/handler.ts', from: 'logRequest(log, options);', to: '' },
    ofLog,
  ],
  [
    'metrics in another namespace',
    {
      file: 'log/log.ts',
      from: 'embeddedMetrics(log, config.metrics, at)',
      to: "embeddedMetrics(log, 'elsewhere', at)",
    },
    ['metrics'],
  ],
  [
    'an answer with less usage than was charged',
    {
      file: 'doors/native/ending.ts',
      from: '      totalTokens,\n',
      to: '      totalTokens: totalTokens - 1,\n',
    },
    ['charge'],
  ],
];

test.each(faults)('%s breaks exactly the promises that rest on it', async (_fault, edit, broken) => {
  const { run } = await startProving('shipped', { assembly: await faultyAssembly('shipped', edit) });
  const only = edit.file.startsWith('log/') || edit.file === 'http/asking.ts' ? withoutRace : proofNames;
  expect(named(await run({ plan: 'research', only }), 'broken')).toEqual(broken);
});

test('a stream that is sent at its end breaks exactly the promises that rest on it', async () => {
  const assembly = await faultyAssembly('shipped', {
    file: 'http/asking.ts',
    from: `        await response.send(piece);
      }
    }
`,
    to: `        Object.assign(log, { late: Object(log).late + piece });
      }
    }
    const { late } = Object(log);
    Object.assign(log, { late: undefined });
    await response.send(late.replace('undefined', ''));
`,
  });
  const { run, bedrock } = await startProving('shipped', { assembly });
  // A model that takes half a second for fifty words, so that they cannot have come at once.
  bedrock.pace(() => setTimeout(10));
  const streams = ['stream', 'chatCompletions', 'responses', 'messages'].map((name) => `streaming-${name}`);
  expect(named(await run({ plan: 'research', only: withoutRace }), 'broken')).toEqual(streams);
});

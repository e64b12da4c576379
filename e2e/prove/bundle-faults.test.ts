import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { faultyAssembly, type SourceEdit } from './faulty-assembly.ts';
import { named, startProving } from './proving.ts';

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
    [],
  ],
  [
    'a call that is not held',
    {
      file: 'ledger/ledger.ts',
      from: 'for (const scope of scopes) {',
      to: 'for (const scope of scopes.slice(0, 0)) {',
    },
    [],
  ],
  [
    'a limit that is not a condition of the hold',
    { file: 'ledger/ledger.ts', from: 'bounds: boundsOf(scope) }', to: 'bounds: [] }' },
    [],
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
    { file: 'log/log.ts', from: 'config.metrics, at)', to: "'elsewhere', at)" },
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
  expect(named(await run({ plan: 'research' }), 'broken')).toEqual(broken);
});

test('a stream that is sent at its end breaks exactly the promises that rest on it', async () => {
  const assembly = await faultyAssembly('shipped', {
    file: 'http/response-writer.ts',
    from: 'if (!body.write(text)) await',
    to: `const { end } = body;
    if (!Object.hasOwn(body, 'late')) {
      const late: string[] = [];
      Object.assign(body, { late, end: () => (body.write(late.join('')), Reflect.apply(end, body, [])) });
    }
    Object(body).late.push(text);
    if (false) await`,
  });
  const { run, bedrock } = await startProving('shipped', { assembly });
  // A model that takes half a second for fifty words, so that they cannot have come at once.
  bedrock.pace(() => setTimeout(10));
  const streams = ['stream', 'chatCompletions', 'responses', 'messages'].map((name) => `streaming-${name}`);
  expect(named(await run({ plan: 'research' }), 'broken')).toEqual(streams);
});

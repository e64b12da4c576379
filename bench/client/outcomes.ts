import { createServer, type RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import { text as readText } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import { inspect } from 'node:util';
import Anthropic from '@anthropic-ai/sdk';
import { BedrockProxyError } from '@org/bedrock-client';
import OpenAI from 'openai';
import { table } from '../markdown.ts';
import { publish } from '../part.ts';
import { text as answerText } from './answers.ts';
import { apiKey } from './client.ts';
import { versionOf } from './installed-size.ts';
import { type Case, cases, plain, replyOf } from './outcome-cases.ts';
import { type CallOptions, type Connected, type Sdk, sdks } from './outcome-sdks.ts';

/** Exposes each SDK to the same faults, and records what its caller gets. */
const patienceMs = 3000;

async function listen(listener: RequestListener) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('The server has no port.');
  return {
    url: `http://127.0.0.1:${address.port}`,
    close() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/** What the caller of an SDK gets, with the number of requests and the time. */
async function outcomeOf(test: Case, sdk: Sdk): Promise<string> {
  let attempts = 0;
  let heardElsewhere = '';
  const reply = replyOf(sdk);
  const elsewhere = await listen(async (request, response) => {
    const key = Object.values(request.headers).some((value) => String(value).includes(apiKey));
    heardElsewhere = key ? '; **the other host got the key**' : '; the other host got the question';
    await readText(request);
    response.writeHead(200, { 'content-type': 'application/json' }).end(reply.answer);
  });
  const server = await listen(async (request, response) => {
    attempts += 1;
    const attempt = attempts;
    await readText(request);
    test.serve({ request, response, attempt, ...reply, elsewhere: elsewhere.url });
  });

  const caller = new AbortController();
  if (test.aborts === 'before') caller.abort();
  if (test.aborts === 'soon') setTimeout(() => caller.abort(), 200);
  const limits = { timeoutMs: 30_000, deadlineMs: 90_000, idleTimeoutMs: 30_000, ...test.limits };
  const started = performance.now();
  const what = await Promise.race([
    sleep(patienceMs, `still waiting after ${patienceMs / 1000} s`),
    callerGets(test, sdk.connect(server.url), { ...limits, signal: caller.signal }, caller),
  ]);
  const elapsed = Math.round(performance.now() - started);
  const requests = attempts;
  caller.abort();
  server.close();
  elsewhere.close();
  return `${what}; ${requests} request${requests === 1 ? '' : 's'}, ${elapsed} ms${heardElsewhere}`;
}

async function callerGets(
  { reads, aborts }: Case,
  connected: Connected,
  options: CallOptions,
  caller: AbortController,
): Promise<string> {
  let text = '';
  try {
    if (reads !== 'stream') return `resolves: ${brief(await connected.ask(options))}`;
    for await (const piece of connected.stream(options)) {
      text += piece;
      if (aborts === 'after a piece') caller.abort();
    }
    return `${JSON.stringify(text)}, then the end`;
  } catch (error) {
    return `${reads === 'stream' ? `${JSON.stringify(text)}, then ` : ''}${described(error)}`;
  }
}

function described(error: unknown): string {
  if (!(error instanceof Error)) return `throws ${brief(error)}`;
  const { message } = error;
  const said = message.length > 200 ? `of ${message.length.toLocaleString('en')} characters` : brief(message);
  const resetsAt =
    'resetsAt' in error && error.resetsAt instanceof Date ? error.resetsAt.toISOString() : undefined;
  return `\`${error.constructor.name}\` ${said}${resetsAt ? `, resetsAt ${resetsAt}` : ''}`;
}

/** On one line of a table. */
function brief(value: unknown): string {
  if (typeof value === 'object' && inspect(value, { depth: 9 }).includes(answerText)) return 'the answer';
  const text = typeof value === 'string' ? JSON.stringify(value) : inspect(value, { breakLength: Infinity });
  const line = text.replaceAll(/\s+/g, ' ');
  return `\`${(line.length > 90 ? `${line.slice(0, 90)}…` : line).replaceAll('|', '\\|')}\``;
}

/** The rows that do not need a server. */
const require = createRequire(import.meta.url);
const shown = sdks.map((sdk) =>
  inspect(sdk.connect('http://127.0.0.1').client).includes(apiKey) ? '**the key**' : 'no key',
);
const copies = [
  [new (require('openai').OpenAIError)('Wrong.'), OpenAI.OpenAIError],
  [new (require('@anthropic-ai/sdk').AnthropicError)('Wrong.'), Anthropic.AnthropicError],
  [new (require('@org/bedrock-client').QuotaExceededError)({ message: 'Wrong.' }), BedrockProxyError],
].map(([error, type]) => String(error instanceof type));

// The first call of an SDK takes longer.
await Promise.all(sdks.map((sdk) => outcomeOf(plain, sdk)));
const rows: string[][] = [];
for (const test of cases) {
  rows.push([test.title, ...(await Promise.all(sdks.map((sdk) => outcomeOf(test, sdk))))]);
}
rows.push(['`console.log(client)` shows', ...shown]);
rows.push(['an error of its CommonJS file is an `instanceof` the class of its ES module', ...copies]);

const text = `# What the caller gets

Written by \`npm run bench\` (\`bench/client/outcomes.ts\`) on ${new Date().toISOString().slice(0, 10)}: Node ${process.version},
openai ${await versionOf('openai')}, @anthropic-ai/sdk ${await versionOf('@anthropic-ai/sdk')}. A server on loopback does the same to each client; they run as
shipped, including their retries. Each error has the envelope of this proxy, which all three read. A time in a row is the
\`timeout\` of the others, and \`timeoutMs\`, \`idleTimeoutMs\` or \`deadlineMs\` of ours. After ${patienceMs / 1000} s the benchmark stops waiting.

${table(['', ...sdks.map(({ title }) => title)], rows)}
`;
await publish(
  {
    title: 'What the caller gets',
    page: 'client-outcomes.md',
    about: "What a server can do to a client, and what the client's caller then gets.",
    versions: {},
    aims: [],
    figures: { head: ['', 'cases'], rows: [['each SDK', String(rows.length)]] },
  },
  text,
);
process.exit();

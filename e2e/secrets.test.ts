import { localCredentials } from '@org/admin/local-gateway';
import { type Fault as BedrockFault, exceptionNames } from '@org/local/bedrock';
import type { Fault as DynamoDbFault } from '@org/local/dynamodb';
import { expect, test } from 'vitest';
import { editResources } from './edit-template.ts';
import { pngOf } from './files.ts';
import { type Reply, type SharedSystem, type SystemOptions, sharedSystems, startSystem } from './harness.ts';

const shared = sharedSystems();

const canary = (what: string) => `canary-${what}-7c1f`;

/** Everything that a caller sends and that must not appear again, except in the caller's own answer. */
const asked = {
  model: 'claude-haiku-4.5',
  question: `What is ${canary('question')}?`,
  system: canary('system'),
  history: [
    { role: 'user', text: canary('history') },
    { role: 'assistant', text: canary('history') },
  ],
  stop: [canary('stop')],
  maxTokens: 200,
};
const outputSchema = {
  type: 'object',
  properties: { city: { type: 'string', description: canary('schema') } },
  required: ['city'],
};
const token = `Bearer ${canary('token')}`;

/** Text that Bedrock's own messages may quote. */
const message = `${canary('message')} arn:aws:bedrock:us-east-1:111122223333:${canary('question')}`;

interface Path {
  readonly name: string;
  readonly fields?: object;
  readonly options?: SystemOptions;
  readonly bedrock?: readonly BedrockFault[];
  readonly dynamodb?: readonly DynamoDbFault[];
}

const shortTimeout: SystemOptions = {
  editTemplate: editResources('AWS::Lambda::Function', (properties) => ({ ...properties, Timeout: 2 })),
};
const written: DynamoDbFault = { kind: 'none' };

const paths: readonly Path[] = [
  { name: 'an answer' },
  { name: 'an answer with a schema', fields: { outputSchema } },
  { name: 'an unknown model', fields: { model: canary('model') } },
  { name: 'a field of the wrong type', fields: { maxTokens: canary('field') } },
  { name: 'a value outside an enum', fields: { history: [{ role: canary('role'), text: 'Hi' }] } },
  { name: 'a feature that the model lacks', fields: { model: 'gpt-oss-20b' } },
  {
    name: 'a schema with an outside reference',
    fields: { outputSchema: { type: 'object', $ref: canary('schema') } },
  },
  // A throttled call is retried once.
  ...exceptionNames.map((name): Path => {
    const fault: BedrockFault = { kind: 'exception', name, message };
    return { name, bedrock: [fault, fault] };
  }),
  { name: 'a reset', bedrock: [{ kind: 'reset' }] },
  { name: 'a cut answer', bedrock: [{ kind: 'cut' }] },
  { name: 'another answer', bedrock: [{ kind: 'body', body: canary('body') }] },
  {
    name: 'a stream that fails',
    bedrock: [{ kind: 'stream', after: 5, end: { exception: 'ModelStreamErrorException', message } }],
  },
  { name: 'a stream that is garbled', bedrock: [{ kind: 'stream', after: 5, end: 'garbage' }] },
  { name: 'a model that stalls', options: shortTimeout, bedrock: [{ kind: 'stall' }] },
  { name: 'a hold that is cut off', dynamodb: [{ kind: 'reset' }] },
  { name: 'a settlement that is cut off', dynamodb: [written, { kind: 'reset' }] },
];

const secretsOf = ({ gateway }: SharedSystem): string[] => [
  'canary-',
  ...gateway.apiKeys.map(({ value }) => value),
  localCredentials.secretAccessKey,
  localCredentials.sessionToken,
];

/** A caller's response that is not an answer. */
function errorsIn({ status, text, headers }: Reply): string {
  const error = status >= 400 ? text : (/event: error\ndata: .*/.exec(text)?.[0] ?? '');
  return error + JSON.stringify([...headers]);
}

test.each(paths)('no content and no secret is passed on: $name', async ({ fields, options, ...faults }) => {
  const own = options || faults.dynamodb ? await startSystem('everything', options) : undefined;
  const system = own ?? (await shared('everything'));
  for (const path of ['/bedrock', '/bedrock/stream']) {
    const before = system.logs.length;
    system.bedrock.failNext(...(faults.bedrock ?? []));
    own?.dynamodb.failNext(...(faults.dynamodb ?? []));
    if (!fields) system.bedrock.answerNext({ deltas: [canary('answer'), ' ', canary('answer')] });
    const reply = await system.send({
      path,
      key: system.keyValue('all-key'),
      headers: { authorization: token, cookie: canary('cookie') },
      body: { ...asked, ...fields },
    });
    while (system.logs.length === before) await new Promise(setImmediate);
    for (const secret of secretsOf(system)) {
      expect(system.logs.join('\n')).not.toContain(secret);
      expect(errorsIn(reply)).not.toContain(secret);
    }
    // Make sure that there were lines and metrics to search.
    expect(JSON.parse(system.logs[before] ?? '')).toMatchObject({ message: 'request', Requests: 1 });
  }
});

/** Blocks of every kind, each with a word that must not appear again. */
const said = {
  image: {
    type: 'image',
    format: 'png',
    data: pngOf(10, 10, Buffer.from(canary('image'))).toString('base64'),
  },
  document: {
    type: 'document',
    format: 'txt',
    name: canary('document name'),
    data: Buffer.from(canary('document')).toString('base64'),
  },
  cached: [
    { type: 'text', text: canary('cached') },
    { type: 'cache_point', ttl: '5m' },
  ],
  thought: { type: 'reasoning', text: canary('thought') },
  call: { type: 'tool_use', id: 'a', name: 'find', input: { [canary('input-name')]: canary('input') } },
  result: {
    type: 'tool_result',
    id: 'a',
    content: [
      { type: 'text', text: canary('result') },
      { type: 'json', json: { [canary('result-name')]: canary('result') } },
    ],
  },
} as const;

const content = {
  model: 'claude-haiku-4.5',
  system: said.cached,
  tools: [
    {
      name: 'find',
      description: canary('description'),
      inputSchema: {
        type: 'object',
        properties: { [canary('property')]: { type: 'string', description: canary('schema') } },
      },
    },
  ],
  messages: [
    { role: 'user', content: [...said.cached, said.image, said.document] },
    { role: 'assistant', content: [said.thought, { type: 'text', text: canary('said') }, said.call] },
    { role: 'user', content: [said.result, { type: 'text', text: 'find' }] },
  ],
  maxTokens: 200,
};
const [asks, says, results] = content.messages;
const inputs = [canary('embedded'), canary('embedded too')];

/** A request, and its faults. */
interface Sending {
  readonly path?: '/bedrock/embed';
  readonly body: object;
  readonly key?: 'cheap-key';
  readonly bedrock?: readonly BedrockFault[];
}

const invalid: BedrockFault = { kind: 'exception', name: 'ValidationException', message };
const inMessage = (...blocks: object[]) => ({ ...content, messages: [{ role: 'user', content: blocks }] });
const embedding = (fields: object, more: Omit<Sending, 'path' | 'body'> = {}): Sending => ({
  path: '/bedrock/embed',
  body: { model: 'cohere-embed-v4', inputs, ...fields },
  ...more,
});

const sendings: readonly (readonly [why: string, code: string | undefined, readonly Sending[]])[] = [
  [
    'because it is answered',
    undefined,
    [{ body: content }, embedding({}), embedding({ model: 'titan-embed-v2' })],
  ],
  [
    'for its shape',
    'invalid_request',
    [
      ...[
        { ...said.image, data: canary('image') },
        { ...said.image, format: canary('format') },
        { ...said.document, name: `${canary('name')}.txt` },
        { ...said.call, input: canary('input') },
        { ...said.call, name: canary('a tool') },
        { ...said.result, id: canary('an id') },
        { ...said.result, content: [{ type: canary('type') }] },
        { ...said.thought, text: [canary('thought')] },
        { type: 'cache_point', ttl: canary('ttl') },
        { type: canary('type'), text: canary('text') },
      ].map((block): Sending => ({ body: inMessage(block) })),
      ...[
        { tools: [{ name: 'find', description: [canary('description')], inputSchema: { type: 'object' } }] },
        { tools: [{ name: 'find', inputSchema: { type: canary('schema') } }] },
        { tools: [{ name: canary('a tool'), inputSchema: { type: 'object' } }] },
        { toolChoice: { name: 'canary-tool' } },
        { reasoning: canary('effort') },
        { cache: canary('ttl') },
        { serviceTier: canary('tier') },
        { system: [{ type: 'image', text: canary('cached') }] },
        { cache: '5m' },
      ].map((fields): Sending => ({ body: { ...content, ...fields } })),
      embedding({ inputs: [...inputs, { text: canary('embedded') }] }),
      embedding({ purpose: canary('purpose') }),
    ],
  ],
  [
    'for a feature that the model lacks',
    'unsupported_feature',
    [
      ...['llama', 'nova-micro', 'gpt-oss-20b', 'nova-lite', 'titan-embed-v2'].map(
        (model): Sending => ({
          body: { ...content, model, tools: [...content.tools, { type: 'cache_point' }] },
        }),
      ),
      embedding({ model: 'nova-lite' }),
    ],
  ],
  [
    'by Bedrock',
    'invalid_request',
    [
      { body: { ...content, messages: [asks, says, asks] } },
      { body: inMessage(said.document) },
      { body: inMessage(...said.cached, said.document, said.document) },
      { body: inMessage({ ...said.image, format: 'gif' }) },
      {
        body: {
          ...content,
          messages: [
            asks,
            { role: 'assistant', content: [{ ...said.thought, signature: canary('signature') }, said.call] },
            results,
          ],
        },
      },
      { body: content, bedrock: [invalid] },
      embedding({}, { bedrock: [invalid] }),
    ],
  ],
  [
    'by a model that fails',
    'upstream_error',
    [
      { body: content, bedrock: [{ kind: 'exception', name: 'ModelErrorException', message }] },
      { body: content, bedrock: [{ kind: 'cut' }] },
      embedding({}, { bedrock: [{ kind: 'body', body: JSON.stringify({ embeddings: canary('vector') }) }] }),
    ],
  ],
  [
    'by a limit',
    'exceeds_limit',
    [{ body: { ...content, model: 'claude-opus-5.5', maxTokens: 20_000 }, key: 'cheap-key' }],
  ],
];

test.each(sendings)(
  'no content of a request is passed on, refused or not: %s',
  async (_why, code, requests) => {
    const system = await shared('everything');
    for (const { path, body, key = 'all-key', bedrock = [] } of requests) {
      for (const route of path ? [path] : ['/bedrock', '/bedrock/stream']) {
        const before = system.logs.length;
        system.bedrock.failNext(...bedrock);
        const reply = await system.send({ path: route, key: system.keyValue(key), body });
        while (system.logs.length === before) await new Promise(setImmediate);
        const line = JSON.parse(system.logs[before] ?? '');
        expect(line, JSON.stringify(body)).toMatchObject({ message: 'request', Requests: 1 });
        expect(line.code, JSON.stringify(body)).toBe(code);
        for (const secret of ['canary', said.image.data, said.document.data]) {
          expect(system.logs.join('\n') + errorsIn(reply)).not.toContain(secret);
        }
      }
    }
  },
);

test('a body that is not JSON is not quoted either', async () => {
  const system = await shared('everything');
  const key = system.keyValue('all-key');
  for (const path of ['/bedrock', '/bedrock/stream']) {
    const refused = await system.send({ path, key, body: `{"question": "${canary('question')}` });
    const text = await system.send({
      path,
      key,
      headers: { 'content-type': 'text/plain' },
      body: canary('question'),
    });
    expect(refused.text + text.text + system.logs.join('\n')).not.toContain('canary-');
  }
});

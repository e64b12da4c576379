import { localCredentials } from '@org/admin/local-gateway';
import { type Fault as BedrockFault, exceptionNames } from '@org/local/bedrock';
import type { Fault as DynamoDbFault } from '@org/local/dynamodb';
import { expect, test } from 'vitest';
import { editResources } from './edit-template.ts';
import { type System, type SystemOptions, startSystem } from './harness.ts';

const canary = (what: string) => `canary-${what}-7c1f`;

/** All that a caller sends which must not be seen again, but in its own answer. */
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

/** What Bedrock's own messages may quote. */
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
  { name: 'an answer of a schema', fields: { outputSchema } },
  { name: 'an unknown model', fields: { model: canary('model') } },
  { name: 'a field of the wrong type', fields: { maxTokens: canary('field') } },
  { name: 'a value that is not one of a few', fields: { history: [{ role: canary('role'), text: 'Hi' }] } },
  { name: 'a feature that the model lacks', fields: { model: 'gpt-oss-20b' } },
  { name: 'a schema that leads out', fields: { outputSchema: { type: 'object', $ref: canary('schema') } } },
  // A throttle is tried again once.
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

const secretsOf = ({ gateway }: System): string[] => [
  'canary-',
  ...gateway.apiKeys.map(({ value }) => value),
  localCredentials.secretAccessKey,
  localCredentials.sessionToken,
];

test.each(paths)(
  'nothing that was said and no secret is passed on: $name',
  async ({ fields, options, ...faults }) => {
    const system = await startSystem('everything', options);
    for (const path of ['/bedrock', '/bedrock/stream']) {
      const before = system.logs.length;
      system.bedrock.failNext(...(faults.bedrock ?? []));
      system.dynamodb.failNext(...(faults.dynamodb ?? []));
      if (!fields) system.bedrock.answerNext({ deltas: [canary('answer'), ' ', canary('answer')] });
      const reply = await system.send({
        path,
        key: system.keyValue('all-key'),
        headers: { authorization: token, cookie: canary('cookie') },
        body: { ...asked, ...fields },
      });
      while (system.logs.length === before) await new Promise(setImmediate);
      const errors =
        reply.status >= 400 ? reply.text : (/event: error\ndata: .*/.exec(reply.text)?.[0] ?? '');
      const headers = JSON.stringify([...reply.headers]);
      for (const secret of secretsOf(system)) {
        expect(system.logs.join('\n')).not.toContain(secret);
        expect(errors + headers).not.toContain(secret);
      }
      // Lines and metrics are there, so there was something to look at.
      expect(JSON.parse(system.logs[before] ?? '')).toMatchObject({ message: 'request', Requests: 1 });
    }
  },
);

test('a body that is not JSON is not quoted either', async () => {
  const system = await startSystem('everything');
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

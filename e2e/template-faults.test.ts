import { errors } from '@org/contract';
import type { Template } from '@org/local';
import { expect, test } from 'vitest';
import type { ConfigName } from './configs.ts';
import { without, withoutProperty, withoutResponse } from './edit-template.ts';
import { type System, startSystem } from './harness.ts';

/**
 * Properties that every deployment must have, each as one check, and the template faults that each check must find:
 * proof that the end-to-end tests look at the deployed template.
 */
const checks = {
  'a good key is answered': async ({ ask }: System) => expect((await ask('tollmkey')).status).toBe(200),

  'an unknown key gets no answer, and never reaches the function': async ({ send, logs }: System) => {
    const reply = await send({ key: 'unknown', body: { model: 'llama', question: 'Hi' } });
    expect(reply.error().code).toBe('unauthenticated');
    expect(reply.status).toBe(errors.unauthenticated.status);
    expect(logs).toEqual([]);
  },

  'a request without a key is an envelope': async ({ send, logs }: System) => {
    const reply = await send({ body: { model: 'llama', question: 'Hi' } });
    expect(reply.error().code).toBe('unauthenticated');
    expect(logs.join()).not.toContain('"message":"request"');
  },

  'the quota ends': async ({ ask, setTime }: System) => {
    for (let request = 0; request < 98; request += 1) {
      setTime(new Date(Date.UTC(2026, 10, 22, 12, 0, request)).toISOString());
      expect((await ask('tollmkey')).status).toBe(200);
    }
    const reply = await ask('tollmkey');
    expect(reply.error().code).toBe('quota_exceeded');
    expect(reply.headers.get('x-should-retry')).toBe('false');
  },

  'the throttle holds': async ({ ask }: System) => {
    const replies = await Promise.all(Array.from({ length: 11 }, () => ask('research-key')));
    const refused = replies.filter(({ status }) => status !== 200);
    expect(refused.map((reply) => reply.error().code)).toEqual(['rate_limited']);
    expect(refused[0]?.headers.get('retry-after')).toBe('1');
  },

  'an unknown route is an envelope': async ({ send }: System) => {
    expect((await send({ path: '/nothing' })).error().code).toBe('unknown_route');
  },

  'bad JSON is an envelope': async ({ send, keyValue }: System) => {
    expect((await send({ key: keyValue('tollmkey'), body: '{' })).error().code).toBe('invalid_json');
  },

  'a large body is an envelope': async ({ send, keyValue }: System) => {
    const body = { model: 'llama', question: 'x'.repeat(7 * 1024 * 1024) };
    expect((await send({ key: keyValue('tollmkey'), body })).error().code).toBe('request_too_large');
  },

  'a dead function is an envelope': async ({ ask, bedrock, gateway }: System) => {
    bedrock.failNext({ kind: 'stall' });
    const asked = ask('tollmkey');
    while (bedrock.received.length === 0) await new Promise(setImmediate);
    await gateway.killFunctions();
    expect((await asked).error().code).toBe('internal');
  },
};

type Check = keyof typeof checks;

/** The shipped limits end before the gateway's quota does, so the quota is checked without them. */
const configOf = (check: string): ConfigName => (check === 'the quota ends' ? 'original' : 'shipped');

const faults: [fault: string, (template: Template) => Template, foundBy: Check][] = [
  [
    'no usage plan',
    (template) => without('AWS::ApiGateway::UsagePlanKey')(without('AWS::ApiGateway::UsagePlan')(template)),
    'a good key is answered',
  ],
  ['a key in no plan', without('AWS::ApiGateway::UsagePlanKey'), 'a good key is answered'],
  ['a plan without a quota', withoutProperty('AWS::ApiGateway::UsagePlan', 'Quota'), 'the quota ends'],
  [
    'a plan without a throttle',
    withoutProperty('AWS::ApiGateway::UsagePlan', 'Throttle'),
    'the throttle holds',
  ],
  [
    'a plan without a stage',
    withoutProperty('AWS::ApiGateway::UsagePlan', 'ApiStages'),
    'a good key is answered',
  ],
  [
    'a method without a key',
    withoutProperty('AWS::ApiGateway::Method', 'ApiKeyRequired'),
    'an unknown key gets no answer, and never reaches the function',
  ],
  ['no permission to call the function', without('AWS::Lambda::Permission'), 'a good key is answered'],
  ['no table to count in', without('AWS::DynamoDB::Table'), 'a good key is answered'],
  ['no environment', withoutProperty('AWS::Lambda::Function', 'Environment'), 'a good key is answered'],
  [
    'no response for a bad key',
    withoutResponse('INVALID_API_KEY'),
    'an unknown key gets no answer, and never reaches the function',
  ],
  [
    'no response for the authorizer',
    withoutResponse('UNAUTHORIZED'),
    'a request without a key is an envelope',
  ],
  ['no response for a used-up quota', withoutResponse('QUOTA_EXCEEDED'), 'the quota ends'],
  ['no response for a throttle', withoutResponse('THROTTLED'), 'the throttle holds'],
  [
    'no response for an unknown route',
    withoutResponse('MISSING_AUTHENTICATION_TOKEN'),
    'an unknown route is an envelope',
  ],
  ['no response for bad JSON', withoutResponse('BAD_REQUEST_BODY'), 'bad JSON is an envelope'],
  ['no response for a large body', withoutResponse('REQUEST_TOO_LARGE'), 'a large body is an envelope'],
  ['no response for other failures', withoutResponse('DEFAULT_5XX'), 'a dead function is an envelope'],
];

test.each(Object.entries(checks))('the unchanged template passes: %s', async (name, check) => {
  await check(await startSystem(configOf(name)));
});

test.each(faults)('%s is found', async (_fault, editTemplate, foundBy) => {
  const found = async () => checks[foundBy](await startSystem(configOf(foundBy), { editTemplate }));
  await expect(found()).rejects.toThrow();
});

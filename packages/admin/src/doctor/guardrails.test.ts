import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import { notFound } from '../testing/aws-account.ts';
import { type AwsAnswer, startAws } from '../testing/aws-server.ts';
import { checkGuardrailAccess } from './guardrails.ts';

const profile = { id: 'us.guardrail.v1:0', regions: ['us-east-1', 'us-east-2', 'us-west-2'] };

async function examine(answer?: AwsAnswer, fields: object = {}) {
  const guardrail = { id: 'abc123', version: '4', ...fields };
  const config = parseProxyConfig({
    ...shipped,
    plans: { ...shipped.plans, starter: { ...shipped.plans['starter'], guardrail } },
  });
  const settings = await startAws(answer ? { '/guardrails/abc123': answer } : {});
  return checkGuardrailAccess(settings, config);
}

const present = (fields: object = {}): AwsAnswer => ({
  body: { guardrailId: 'abc123', version: '4', status: 'READY', ...fields },
});

const acrossRegions = present({
  crossRegionDetails: {
    guardrailProfileId: profile.id,
    guardrailProfileArn: `arn:aws:bedrock:us-east-1:111122223333:guardrail-profile/${profile.id}`,
  },
});

test('an existing guardrail is fine, and a plan without one is not reported', async () => {
  expect(await examine(present())).toEqual([
    { check: 'guardrail', of: 'starter', status: 'ok', what: 'abc123, version 4' },
  ]);
});

test('a guardrail with cross-Region inference is fine with its profile', async () => {
  expect(await examine(acrossRegions, { profile })).toEqual([
    {
      check: 'guardrail',
      of: 'starter',
      status: 'ok',
      what: 'abc123, version 4, through us.guardrail.v1:0',
    },
  ]);
});

const advice = (text: RegExp) => ({ kind: 'advice', text: expect.stringMatching(text) });

test.each<[fault: string, answer: AwsAnswer | undefined, status: string, what: RegExp, remedy: object]>([
  [
    'one that is not there',
    notFound('no guardrail'),
    'error',
    /abc123, version 4: Bedrock does not have it in us-east-1 .*no guardrail/,
    { kind: 'choose_guardrail', plan: 'starter', region: 'us-east-1' },
  ],
  [
    'an id or a version that Bedrock does not take',
    { status: 400, exception: 'ValidationException', body: { message: 'invalid version' } },
    'error',
    /does not have it.*invalid version/,
    { kind: 'choose_guardrail' },
  ],
  [
    'one that could not be made',
    present({ status: 'FAILED' }),
    'error',
    /is FAILED/,
    advice(/Make it again/),
  ],
  [
    'one that uses cross-Region inference without its profile',
    acrossRegions,
    'warning',
    /through us\.guardrail\.v1:0/,
    advice(/plans\.starter\.guardrail\.profile to \{ id: 'us\.guardrail\.v1:0', regions/),
  ],
  [
    'one that the one who runs this may not look at',
    undefined,
    'warning',
    /not authorized/,
    advice(/Allow bedrock:GetGuardrail/),
  ],
])('%s is said, with what to do', async (_, answer, status, what, remedy) => {
  expect(await examine(answer)).toEqual([
    {
      check: 'guardrail',
      of: 'starter',
      status,
      what: expect.stringMatching(what),
      remedy: expect.objectContaining(remedy),
    },
  ]);
});

import { join } from 'node:path';
import { healthyAccount, lifecycle, micro, notFound, startAws } from '@org/admin/testing';
import { afterEach, expect, test, vi } from 'vitest';
import { runRecorded } from '../testing/recording-terminal.ts';

afterEach(() => vi.unstubAllEnvs());

const shipped = join(import.meta.dirname, '../../../infra/proxy.config.ts');

async function models(answers: Parameters<typeof startAws>[0], ...args: string[]) {
  const { endpoint = '' } = await startAws({ ...healthyAccount, ...answers });
  vi.stubEnv('AWS_ENDPOINT_URL_BEDROCK', endpoint);
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'AKIAOPERATOR00000000');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'operator-not-a-secret');
  return runRecorded(['models', '--config', shipped, ...args]);
}

test('with --access, each model says whether the account may call it, and what to do if not', async () => {
  const { code, printed, noted } = await models(
    { [`/foundation-models/${micro}`]: notFound('no model') },
    '--access',
  );
  expect(code, noted).toBe(0);
  expect(printed).toMatch(/^ALIAS .* ACCESS$/m);
  expect(printed).toMatch(/^nova-pro .* yes$/m);
  expect(printed).toMatch(/^\S+ +amazon\.nova-micro-v1:0 .* no$/m);
  expect(noted).toMatch(
    /amazon\.nova-micro-v1:0: Bedrock does not have it in us-east-1\n {2}Put another model/,
  );
});

test('what Bedrock says of a model is in the JSON too', async () => {
  const { printed } = await models(
    { [`/foundation-models/${micro}`]: lifecycle('LEGACY', '2027-03-30T00:00:00Z') },
    '--access',
    '--json',
  );
  expect(JSON.parse(printed)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ alias: 'nova-pro', access: expect.objectContaining({ access: 'yes' }) }),
      expect.objectContaining({
        modelId: micro,
        access: expect.objectContaining({ access: 'maybe', what: expect.stringContaining('Legacy') }),
      }),
    ]),
  );
});

test('a local gateway has no account to ask', async () => {
  const { code, noted } = await models({}, '--access', '--local');
  expect([code, noted]).toEqual([1, expect.stringContaining('This command works on AWS only')]);
});

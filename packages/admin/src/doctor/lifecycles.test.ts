import { parseProxyConfig } from '@org/infra/config';
import shipped from '@org/infra/proxy.config.ts';
import { expect, test } from 'vitest';
import { ownModel } from '../testing/aws-account.ts';
import { checkLifecycles } from './lifecycles.ts';

const own = { ...ownModel, lifecycle: { status: 'legacy', endOfLife: '2026-11-22' } };
const config = parseProxyConfig({ ...shipped, models: [...shipped.models, own] });

test('a Legacy model is a warning from the day that its definition says it ends', () => {
  expect(checkLifecycles(config, Date.parse('2026-11-22T00:00:00Z'))).toEqual([
    {
      check: 'lifecycle',
      of: 'own',
      status: 'warning',
      what: expect.stringContaining('its end of life was 2026-11-22'),
      remedy: { kind: 'advice', text: expect.stringContaining('Put another model in its place') },
    },
  ]);
});

test('before that day there is no warning', () => {
  expect(checkLifecycles(config, Date.parse('2026-11-21T23:59:59Z'))).toEqual([]);
});

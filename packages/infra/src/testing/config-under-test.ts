import { expect } from 'vitest';
import { parseProxyConfig } from '../config/config.ts';
import { ConfigError } from '../config/config-error.ts';

export const plan = {
  throttle: { rate: 5, burst: 10 },
  quota: { limit: 100, period: 'MONTH' },
  models: ['titan', 'llama'],
};

/** A small config, as somebody writes it. */
export const config = {
  name: 'proxy',
  stage: 'dev',
  region: 'us-east-1',
  models: ['titan', 'llama'],
  plans: { starter: plan },
  teams: { research: { plan: 'starter', keys: ['research-key'] } },
};

/** The faults of a config, each of which its error names. */
export function issuesOf(faulty: unknown): ConfigError['issues'] {
  try {
    parseProxyConfig(faulty);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const { path, message } of error.issues) expect(error.message).toContain(`${path}: ${message}`);
    return error.issues;
  }
  return [];
}

import { defineProxyConfig } from '../src/config/config.ts';

/**
 * A deployment for coding agents, such as Claude Code. They ask by Anthropic's names for models, which lead to Claude here
 * without being listed, and for tens of thousands of output tokens, which are held in full until a call ends. So this plan
 * lowers them, and calls of several agents fit beside each other into a day's budget.
 */
export default defineProxyConfig({
  name: 'coding-agents',
  stage: 'dev',
  region: 'us-east-1',
  models: ['claude-sonnet-4.6', 'claude-haiku-4.5'],
  // What an agent is set to that is not offered here.
  aliases: { 'claude-opus-4-5': 'claude-sonnet-4.6', 'gpt-5': 'claude-sonnet-4.6' },
  plans: {
    agents: {
      throttle: { rate: 20, burst: 40 },
      quota: { limit: 100_000, period: 'DAY' },
      models: ['claude-sonnet-4.6', 'claude-haiku-4.5'],
      maxTokens: 16_384,
      clampMaxTokens: true,
      limits: { usd: { day: 50, month: 600 } },
    },
  },
  teams: { developers: { plan: 'agents', keys: ['agents-key'] } },
});

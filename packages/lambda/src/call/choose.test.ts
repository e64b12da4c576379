import { catalogue } from '@org/models';
import { expect, test } from 'vitest';
import { callerOf, readConfig } from '../config.ts';
import type { ProxyEnvironment } from '../environment.ts';
import type { JsonObject } from '../json.ts';
import type { ToolChoice } from './call.ts';
import { chooseModel, namesFor, refuseUnsupported } from './choose.ts';

function refuse(body: JsonObject) {
  const definition = catalogue['claude-sonnet-4.6'];
  const call = { kind: 'messages' as const, body: { max_tokens: 5, ...body } };
  const model = { alias: 'claude', modelId: 'id', definition, price: undefined };
  refuseUnsupported(call, model, { whole: true });
}

test.each([
  [{ service_tier: 'priority' }, 'service_tier'],
  [{ mcp_servers: [{ type: 'url', url: 'https://example.com' }] }, 'mcp_servers'],
  [{ context_management: { edits: [{ type: 'compact_20260112' }] } }, 'context_management'],
  [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools'],
])(
  'the Messages API field %j is refused by name, because its cost and its fetches are unknown',
  (body, param) => {
    expect(() => refuse(body)).toThrow(
      expect.objectContaining({ statement: expect.objectContaining({ param }) }),
    );
  },
);

test.each<[alias: keyof typeof catalogue, choice: ToolChoice | 'none', taken: boolean]>([
  ['claude-sonnet-4.6', 'required', true],
  ['claude-sonnet-4.6', { name: 'find' }, true],
  ['claude-opus-5.5', 'auto', true],
  ['claude-opus-5.5', { name: 'find' }, false],
  ['claude-opus-5.5', 'none', true],
  ['qwen3-32b', 'required', false],
])('%s is asked to call tools only in a way that it supports: %j', (alias, toolChoice, taken) => {
  const tools = [{ type: 'tool' as const, name: 'find', inputSchema: { type: 'object' } }];
  const messages = [{ role: 'user' as const, blocks: [{ type: 'text' as const, text: 'Hi' }] }];
  const call = { kind: 'chat' as const, messages, tools, toolChoice };
  const model = { alias, modelId: 'id', definition: catalogue[alias], price: undefined };
  const asked = expect(() => refuseUnsupported(call, model, { whole: true }));
  if (taken) asked.not.toThrow();
  else
    asked.toThrow(expect.objectContaining({ statement: expect.objectContaining({ param: 'toolChoice' }) }));
});

test("the caller's own tools and thinking in the Messages API are accepted", () => {
  const tools = [
    { name: 'find', input_schema: { type: 'object' } },
    { type: 'custom', name: 'b', input_schema: {} },
  ];
  expect(() => refuse({ tools, thinking: { type: 'enabled', budget_tokens: 1024 } })).not.toThrow();
});

const deployed = (environment: Partial<ProxyEnvironment>) =>
  readConfig({
    AWS_REGION: 'us-east-1',
    PROXY_TABLE: 'table',
    PROXY_CONFIG: JSON.stringify({
      metrics: 'm',
      models: [],
      plans: {},
      teams: {},
      keys: {},
      ...environment,
    }),
  });

const withAliases = deployed({
  models: ['titan', 'nova-micro', 'nova-pro', 'claude-haiku-4.5'],
  aliases: { 'gpt-4o': 'nova-pro', 'openai/gpt-4o:mini': 'nova-micro', 'claude-haiku-4-5': 'nova-pro' },
});
const callerWith = (...models: string[]) => callerOf({ keyId: 'k', team: 't', plan: 'p' }, { models });
const all = callerWith('titan', 'nova-micro', 'nova-pro', 'claude-haiku-4.5');

test.each([
  ['an alias', 'nova-pro', 'nova-pro'],
  ['a name of the config', 'gpt-4o', 'nova-pro'],
  ['a name of the config with slash and colon', 'openai/gpt-4o:mini', 'nova-micro'],
  ["Anthropic's id of a snapshot", 'claude-haiku-4-5-20251001', 'claude-haiku-4.5'],
  ["Bedrock's id of a profile", 'us.anthropic.claude-haiku-4-5-20251001-v1:0', 'claude-haiku-4.5'],
  ["a name of the config before Anthropic's", 'claude-haiku-4-5', 'nova-pro'],
])('%s leads to its model', (_what, name, alias) => {
  expect(chooseModel(name, all, withAliases).alias).toBe(alias);
});

test("if a model has two aliases, its id means the plan's alias", () => {
  const id = 'amazon.nova-micro-v1:0';
  expect(chooseModel(id, callerWith('nova-micro'), withAliases).alias).toBe('nova-micro');
  expect(chooseModel(id, callerWith('titan'), withAliases).alias).toBe('titan');
});

const refusalOf = (name: string, caller: Parameters<typeof chooseModel>[1]) => {
  try {
    return chooseModel(name, caller, withAliases).alias;
  } catch (error) {
    return error;
  }
};

test.each([
  ['nova-por', 'nova-pro'],
  ['Nova_Pro', 'nova-pro'],
  ['gpt4o', 'gpt-4o'],
  ['claude-haiku', 'claude-haiku-4-5'],
])("for the name %s the plan's nearest name is suggested", (name, near) => {
  expect(refusalOf(name, callerWith('nova-pro'))).toMatchObject({
    message: expect.stringContaining(`Did you mean ${near}?`),
  });
});

test.each(['nova-micr', 'nova', 'x', 'n'.repeat(1_000_000)])(
  'for the name %.20s nothing is suggested, and never a name outside the plan',
  (name) => {
    expect(refusalOf(name, callerWith('nova-pro'))).toMatchObject({
      message: expect.not.stringContaining('Did you mean'),
    });
  },
);

test("no name leads outside the plan, and the error lists the plan's names", () => {
  const caller = callerWith('nova-pro');
  const available = ['nova-pro', 'gpt-4o', 'claude-haiku-4-5'];
  expect(namesFor(caller, withAliases)).toEqual(available);
  for (const [name, code] of [
    ['openai/gpt-4o:mini', 'model_not_allowed'],
    ['claude-haiku-4-5-20251001', 'model_not_allowed'],
    ['gpt-5', 'unknown_model'],
    ['__proto__', 'unknown_model'],
  ]) {
    expect(refusalOf(name ?? '', caller)).toMatchObject({ statement: { code, details: { available } } });
  }
});

import { catalogue } from '@org/models';
import { expect, test } from 'vitest';
import type { JsonObject } from '../json.ts';
import type { ToolChoice } from './call.ts';
import { refuseUnsupported } from './choose.ts';

function refuse(body: JsonObject) {
  const definition = catalogue['claude-sonnet-4.6'];
  const call = { kind: 'messages' as const, body: { max_tokens: 5, ...body } };
  const model = { alias: 'claude', modelId: 'id', definition, price: undefined };
  refuseUnsupported({ alias: 'claude', call, whole: true }, model);
}

test.each([
  [{ service_tier: 'priority' }, 'service_tier'],
  [{ mcp_servers: [{ type: 'url', url: 'https://example.com' }] }, 'mcp_servers'],
  [{ context_management: { edits: [{ type: 'compact_20260112' }] } }, 'context_management'],
  [{ tools: [{ type: 'web_search_20250305', name: 'web_search' }] }, 'tools'],
])(
  'of the Messages API, %j is refused by name: nobody here knows what it costs or fetches',
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
])('%s is asked to call tools as it can be: %j', (alias, toolChoice, taken) => {
  const tools = [{ type: 'tool' as const, name: 'find', inputSchema: { type: 'object' } }];
  const messages = [{ role: 'user' as const, blocks: [{ type: 'text' as const, text: 'Hi' }] }];
  const call = { kind: 'chat' as const, messages, tools, toolChoice };
  const model = { alias, modelId: 'id', definition: catalogue[alias], price: undefined };
  const asked = expect(() => refuseUnsupported({ alias, call, whole: true }, model));
  if (taken) asked.not.toThrow();
  else
    asked.toThrow(expect.objectContaining({ statement: expect.objectContaining({ param: 'toolChoice' }) }));
});

test("of the Messages API, the caller's own tools and thinking are taken", () => {
  const tools = [
    { name: 'find', input_schema: { type: 'object' } },
    { type: 'custom', name: 'b', input_schema: {} },
  ];
  expect(() => refuse({ tools, thinking: { type: 'enabled', budget_tokens: 1024 } })).not.toThrow();
});

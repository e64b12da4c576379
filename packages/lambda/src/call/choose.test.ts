import { catalogue } from '@org/models';
import { expect, test } from 'vitest';
import { config } from '../http/test-request.ts';
import type { JsonObject } from '../json.ts';
import { refuseUnsupported } from './choose.ts';

function refuse(body: JsonObject) {
  const definition = catalogue['claude-sonnet-4.6'];
  const caller = config.callers.get('key2');
  if (!caller) throw new Error('There is no such key.');
  const call = { kind: 'messages' as const, body: { max_tokens: 5, ...body } };
  const model = { alias: 'claude', modelId: 'id', definition, price: undefined };
  refuseUnsupported({ alias: 'claude', call, whole: true }, model, caller);
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

test("of the Messages API, the caller's own tools and thinking are taken", () => {
  const tools = [
    { name: 'find', input_schema: { type: 'object' } },
    { type: 'custom', name: 'b', input_schema: {} },
  ];
  expect(() => refuse({ tools, thinking: { type: 'enabled', budget_tokens: 1024 } })).not.toThrow();
});

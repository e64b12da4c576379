import { expect, test } from 'vitest';
import { ProxyError } from '../../proxy-error.ts';
import { modelBy } from '../../testing/schemas.ts';
import { outputOf, type StructuredCall, structuredCall } from './structured-output.ts';

const tree = {
  $ref: '#/$defs/tree',
  description: 'A tree.',
  $defs: {
    tree: {
      type: 'object',
      properties: { leaf: { type: 'integer', minimum: 1 }, inner: { $ref: '#/$defs/tree' } },
      additionalProperties: false,
    },
  },
};

function callFor(outputSchema: object): StructuredCall {
  const call = structuredCall({ outputSchema: { ...outputSchema } }, modelBy('tool'));
  if (!call) throw new Error('No schema was asked for.');
  return call;
}

function treeOf(levels: number, leaf: number): object {
  return levels === 1 ? { leaf } : { inner: treeOf(levels - 1, leaf) };
}

/** The places at which an output does not fit; nothing if it fits. */
function faultsOf(call: StructuredCall, output: unknown): unknown {
  try {
    outputOf(call, { text: JSON.stringify(output), stopReason: 'end_turn' });
    return [];
  } catch (error) {
    if (!(error instanceof ProxyError && error.hasCode('invalid_output'))) throw error;
    return error.statement.details?.issues?.map(({ path }) => path);
  }
}

test("an answer is checked against the caller's schema, deeper than the model's schema goes", () => {
  const call = callFor(tree);
  expect(JSON.stringify(call.schema).match(/leaf/g)).toHaveLength(4);
  expect(faultsOf(call, treeOf(20, 1))).toEqual([]);
  expect(faultsOf(call, treeOf(6, 0))).toEqual(['inner.inner.inner.inner.inner.leaf']);
});

test('each part of the root holds', () => {
  const call = callFor({ allOf: [tree, { required: ['leaf'] }], $defs: tree.$defs });
  expect(faultsOf(call, { leaf: 1 })).toEqual([]);
  expect(faultsOf(call, treeOf(2, 1))).toEqual(['']);
});

test('a cut-off answer by a tool does not count, even if its beginning fits', () => {
  const call = callFor(tree);
  const cutOff = () => outputOf(call, { text: '{}', stopReason: 'max_tokens' });
  expect(cutOff).toThrow(
    expect.objectContaining({ statement: expect.objectContaining({ code: 'invalid_output' }) }),
  );
  expect(outputOf(call, { text: '{}', stopReason: 'end_turn' })).toEqual({});
});

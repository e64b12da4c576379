import type { ChosenModel } from '@org/lambda/config';
import { runs } from '@org/lambda/testing/fuzz';
import {
  allInputTokens,
  catalogue,
  costInMicroUsd,
  locateModel,
  type ModelDefinition,
  priceOf,
} from '@org/models';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { callsTo } from './arbitrary-calls.ts';
import { goOn, startMiddle } from './middle.ts';

const region = 'us-east-1';

const models = Object.entries<ModelDefinition>(catalogue).flatMap(([alias, definition]): ChosenModel[] => {
  const location = locateModel(definition, region);
  return location
    ? [{ alias, definition, modelId: location.modelId, price: priceOf(definition, region) }]
    : [];
});

test.each(models)(
  'no call of $alias costs more than its hold, and each charge equals the bill from Bedrock',
  async (model) => {
    const { askFor, bedrock } = await startMiddle([model]);
    const settle = async (...[call, whole]: [Parameters<typeof askFor>[1], boolean]) => {
      const before = bedrock.billed;
      const { reply, settled } = await askFor(model.alias, call, whole);
      const { charged, held } = settled;
      const billed = difference(bedrock.billed, before);
      if (!model.price) throw new Error('It has no price.');
      expect(charged).toEqual({
        requests: 1,
        tokens: allInputTokens(billed) + billed.outputTokens,
        usd: costInMicroUsd(model.price, billed, {
          tier: call.kind === 'chat' ? call.serviceTier : undefined,
        }),
      });
      expect(held.tokens).toBeGreaterThanOrEqual(charged.tokens);
      expect(held.usd).toBeGreaterThanOrEqual(charged.usd);
      return reply;
    };
    await fc.assert(
      fc.asyncProperty(callsTo(model), fc.boolean(), async (call, whole) => {
        const reply = await settle(call, whole || call.kind === 'embed');
        if (call.kind !== 'chat' || !reply.blocks.some(({ type }) => type === 'tool_use')) return;
        await settle(goOn(call, reply, [{ type: 'text', text: 'Rain' }]), whole);
      }),
      runs(4),
    );
  },
);

function difference<Name extends string>(
  after: Readonly<Record<Name, number>>,
  before: Readonly<Record<Name, number>>,
): Record<Name, number>;
function difference(after: Readonly<Record<string, number>>, before: Readonly<Record<string, number>>) {
  return Object.fromEntries(
    Object.entries(after).map(([name, amount]) => [name, amount - (before[name] ?? 0)]),
  );
}

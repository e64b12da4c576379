import { capabilitiesOf, catalogue, type ModelDefinition } from '@org/models';
import { expect, test } from 'vitest';
import { models } from '../testing/bedrock-client.ts';
import { admitModel } from './model-access.ts';

const all: readonly ModelDefinition[] = Object.values(catalogue);
const { native } = models;

test("every model of the catalogue can be called in the catalogue's Regions, and has its capabilities", () => {
  for (const model of all) {
    const { modelId, onDemandRegions = [], inferenceProfiles = {} } = model;
    const profiles = Object.entries(inferenceProfiles).flatMap(([prefix, sources]) =>
      Object.keys(sources).map((region) => [`${prefix}.${modelId}`, region] as const),
    );
    const places = [...onDemandRegions.map((region) => [modelId, region] as const), ...profiles];
    expect(places.length, modelId).toBeGreaterThan(0);
    for (const [id, region] of places) {
      const { can, takesOutputSchema, toolChoices, maxOutputTokens } = admitModel(all, id, region);
      expect(maxOutputTokens).toBe(model.maxOutputTokens);
      if (model.upstream !== 'converse') continue;
      expect([...can]).toEqual(capabilitiesOf(model));
      expect(takesOutputSchema).toBe(model.structuredOutput === 'native');
      expect(toolChoices).toEqual(model.toolChoices ?? []);
    }
  }
});

test('a model is refused in a Region where it cannot be called', () => {
  const profileOnly = {
    ...native,
    onDemandRegions: [],
    inferenceProfiles: { us: { 'us-east-1': ['us-east-2'] } },
  };
  expect(() => admitModel([profileOnly], native.modelId, 'us-east-1')).toThrow(
    'on-demand throughput isn’t supported',
  );
  expect(() => admitModel([profileOnly], `us.${native.modelId}`, 'eu-west-1')).toThrow(
    'identifier is invalid',
  );
  expect(() => admitModel([profileOnly], 'no.such-model', 'us-east-1')).toThrow('identifier is invalid');
});

test('a model without a list of Regions can be called in all', () => {
  const { onDemandRegions: _, ...everywhere } = native;
  expect(admitModel([everywhere], native.modelId, 'eu-west-1')).toMatchObject({ modelId: native.modelId });
});

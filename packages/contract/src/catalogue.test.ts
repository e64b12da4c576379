import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aliasOf, catalogue, definitionOf } from './catalogue.ts';
import { locateModel } from './model-location.ts';
import { type ModelDefinition, OfferedModel } from './models.ts';

const models: [string, ModelDefinition][] = Object.entries(catalogue);
const regions = [
  ...new Set(
    models.flatMap(([, { onDemandRegions = [], inferenceProfiles = {} }]) => [
      ...onDemandRegions,
      ...Object.values(inferenceProfiles).flatMap((sources) => Object.keys(sources)),
    ]),
  ),
];

test.each(models)('%s can also be written into a config', (alias, definition) => {
  expect(OfferedModel.parse({ alias, ...definition })).toEqual({ alias, ...definition });
});

test.each(models)('%s names where its facts were read, and when', (_alias, { source }) => {
  expect(source?.url).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  expect(source?.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
});

test('wherever a model is called from, it is called in a way that is offered there', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...models),
      fc.constantFrom(...regions, 'mars-north-1'),
      ([, model], region) => {
        const location = locateModel(model, region);
        const sources = Object.values(model.inferenceProfiles ?? {}).map((profile) => profile[region]);
        if (location?.through === 'model') {
          expect(model.onDemandRegions).toContain(region);
        } else if (location) {
          expect(location.modelId).not.toBe(model.modelId);
          expect(sources).toContainEqual(location.regions);
          expect(location.regions).toContain(region);
        } else {
          expect(model.onDemandRegions).not.toContain(region);
          expect(sources.filter(Boolean)).toEqual([]);
        }
      },
    ),
  );
});

test('an alias is looked up in the catalogue alone', () => {
  expect(definitionOf('titan')).toBe(catalogue.titan);
  expect(definitionOf('toString')).toBeUndefined();
  const own: OfferedModel = { ...catalogue.titan, alias: 'mine' };
  expect([aliasOf(own), definitionOf(own)]).toEqual(['mine', own]);
});

test.each([
  ['an alias with a space', 'my model'],
  ['no upstream', { alias: 'x', modelId: 'm', maxOutputTokens: 1, lifecycle: { status: 'active' } }],
  ['an unknown body format', { ...catalogue.titan, alias: 'x', upstream: 'invoke', format: 'cohere' }],
  ['no date of end', { ...catalogue.titan, alias: 'x', lifecycle: { status: 'legacy' } }],
])('a model with %s is refused', (_fault, model) => {
  expect(OfferedModel.safeParse(model).success).toBe(false);
});

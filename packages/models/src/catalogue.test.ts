import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aliasOf, catalogue, definitionOf, priceOf } from './catalogue.ts';
import { type ModelDefinition, OfferedModel } from './model.ts';
import { locateModel } from './model-location.ts';

const models: [string, ModelDefinition][] = Object.entries(catalogue);
const regionsOf = ({ onDemandRegions = [], inferenceProfiles = {} }: ModelDefinition) => [
  ...onDemandRegions,
  ...Object.values(inferenceProfiles).flatMap((sources) => Object.keys(sources)),
];
const regions = [...new Set(models.flatMap(([, model]) => regionsOf(model)))];

test.each(models)('%s can also be written into a config', (alias, definition) => {
  expect(OfferedModel.parse({ alias, ...definition })).toEqual({ alias, ...definition });
});

test.each(models)('%s names where its facts were read, and when', (_alias, { source }) => {
  expect(source?.url).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  expect(source?.date).toMatch(/^\d{4}-\d{2}-\d{2}$/);
});

test.each(models)('%s has facts that can be true', (_alias, model) => {
  const { modelId, contextTokens = 0, maxOutputTokens, lifecycle, price } = model;
  expect(modelId).toMatch(/^(?:amazon|anthropic|deepseek|meta|mistral|openai|qwen)\.[a-z0-9.-]+(?::\d)?$/);
  expect(contextTokens).toBeGreaterThanOrEqual(maxOutputTokens);
  expect(model.source?.date).toMatch(/^2026-/);
  expect(price?.date).toMatch(/^2026-/);
  expect(price?.output).toBeGreaterThanOrEqual(price?.input ?? Number.NaN);
  expect(price?.cacheRead ?? 0).toBeLessThan(price?.input ?? Number.NaN);
  if (lifecycle.status === 'legacy') expect(lifecycle.endOfLife > (model.source?.date ?? '')).toBe(true);
  if (model.upstream !== 'converse') return;
  const { capabilities } = model;
  expect(new Set(capabilities).size).toBe(capabilities.length);
  if (capabilities.includes('temperatureWithTopP')) {
    expect(capabilities).toEqual(expect.arrayContaining(['temperature', 'topP']));
  }
});

test.each(models)('%s is offered in Regions, each found in one way', (_alias, model) => {
  const { onDemandRegions = [], inferenceProfiles = {} } = model;
  const { global: worldwide = {}, ...geographic } = inferenceProfiles;
  expect(regionsOf(model).length).toBeGreaterThan(0);
  for (const region of regionsOf(model)) expect(region).toMatch(/^[a-z]{2}(?:-gov)?-[a-z]+-\d$/);
  expect(new Set(onDemandRegions).size).toBe(onDemandRegions.length);

  const sources = Object.values(geographic).flatMap((profile) => Object.keys(profile));
  expect(new Set(sources).size).toBe(sources.length);
  for (const profile of Object.values(geographic)) {
    for (const [source, destinations] of Object.entries(profile)) {
      expect(destinations).toContain(source);
      expect(new Set(destinations).size).toBe(destinations.length);
      for (const destination of destinations) expect(destination).toMatch(/^[a-z]{2}(?:-gov)?-[a-z]+-\d$/);
    }
  }
  for (const [source, destinations] of Object.entries(worldwide)) {
    expect(destinations).toEqual([source, '']);
  }
});

test('a profile stays in its geography', () => {
  const geographies: Readonly<Record<string, RegExp>> = {
    us: /^(?:us-(?:east|west)|ca)-/,
    'us-gov': /^us-gov-/,
    ca: /^ca-/,
    // AWS calls the profiles of Europe and Asia from the Middle East too.
    eu: /^(?:eu|il)-/,
    apac: /^(?:ap|me)-/,
    au: /^ap-southeast-[246]$/,
    in: /^ap-south-/,
    jp: /^ap-northeast-[13]$/,
    global: /^(?!us-gov|cn-)/,
  };
  for (const [alias, { inferenceProfiles = {} }] of models) {
    for (const [prefix, profile] of Object.entries(inferenceProfiles)) {
      for (const region of [...Object.keys(profile), ...Object.values(profile).flat()]) {
        expect([alias, prefix, region]).toEqual([
          alias,
          prefix,
          expect.stringMatching(geographies[prefix] ?? /$^/),
        ]);
      }
    }
  }
});

test('wherever a model is called from, it is called in a way that is offered there', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...models),
      fc.constantFrom(...regions, 'mars-north-1'),
      fc.boolean(),
      ([, model], region, globalInference) => {
        const location = locateModel(model, region, { globalInference });
        const { global: worldwide = {}, ...geographic } = model.inferenceProfiles ?? {};
        const allowed = { ...geographic, ...(globalInference ? { global: worldwide } : {}) };
        const sources = Object.values(allowed).map((profile) => profile[region]);
        if (location?.through === 'model') {
          expect(model.onDemandRegions).toContain(region);
        } else if (location) {
          expect(model.onDemandRegions).not.toContain(region);
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

test('a price is known in the Regions that it was read for, and nowhere else', () => {
  expect(priceOf(catalogue['claude-haiku-4.5'], 'us-east-1')).toEqual({
    input: 1.1,
    output: 5.5,
    cacheRead: 0.11,
    cacheWrite: 2.2,
  });
  expect(priceOf(catalogue['claude-haiku-4.5'], 'eu-west-1')).toBeUndefined();
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

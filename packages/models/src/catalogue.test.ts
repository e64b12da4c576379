import fc from 'fast-check';
import { expect, test } from 'vitest';
import { aliasOf, catalogue, definitionOf, priceIn, priceOf } from './catalogue.ts';
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

test.each(models)('%s names where its facts were read, and when', (_alias, { source, price = [] }) => {
  expect(source?.url).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  for (const read of [source?.date, ...price.map(({ date }) => date)]) {
    expect(read).toMatch(/^2026-\d{2}-\d{2}$/);
  }
  for (const page of price.map((read) => read.source)) expect(page).toMatch(/^https:\/\//);
});

test.each(models)('%s has facts that can be true', (_alias, model) => {
  const { modelId, contextTokens = 0, maxOutputTokens, lifecycle } = model;
  expect(modelId).toMatch(
    /^(?:amazon|anthropic|cohere|deepseek|meta|mistral|moonshotai|nvidia|openai|qwen)\.[a-z0-9.-]+(?::\d)?$/,
  );
  expect(contextTokens).toBeGreaterThanOrEqual(maxOutputTokens);
  if (lifecycle.status === 'legacy') expect(lifecycle.endOfLife > (model.source?.date ?? '')).toBe(true);
  if (model.upstream !== 'converse') return;
  const { capabilities, toolChoices = [], structuredOutput, reasoning, cache } = model;
  expect(maxOutputTokens).toBeGreaterThan(0);
  expect(new Set(capabilities).size).toBe(capabilities.length);
  if (capabilities.includes('temperatureWithTopP')) {
    expect(capabilities).toEqual(expect.arrayContaining(['temperature', 'topP']));
  }
  if (structuredOutput === 'tool') expect(toolChoices).toContain('named');
  if (model.imageTokens !== undefined) expect(capabilities).toContain('images');
  if (reasoning) expect(reasoning.efforts).toContain(reasoning.default);
  // If thinking excludes forced tools and cannot be switched off, it can never be forced.
  if (reasoning?.excludes.includes('forcedTools') && !reasoning.efforts.includes('off')) {
    expect(toolChoices).toEqual(['auto']);
  }
  // Without a price for an hour, a point for an hour could not be charged.
  if (cache?.points?.ttls.includes('1h')) {
    for (const { cacheWrite1h } of model.price ?? []) expect(cacheWrite1h).toBeGreaterThan(0);
  }
});

test.each(models)(
  '%s has prices that can be true: long input, and what a cache keeps, cost more',
  (_alias, model) => {
    const { price = [] } = model;
    expect(price.length).toBeGreaterThan(0);
    for (const { longContext, ...standard } of price) {
      for (const rates of longContext ? [standard, longContext] : [standard]) {
        const { input, output, cacheRead = input, cacheWrite = input, cacheWrite1h = cacheWrite } = rates;
        expect(output).toBeGreaterThanOrEqual(model.upstream === 'embed' ? 0 : input);
        expect(cacheRead).toBeLessThanOrEqual(input);
        expect(cacheWrite).toBeGreaterThanOrEqual(input);
        expect(cacheWrite1h).toBeGreaterThanOrEqual(cacheWrite);
      }
      if (longContext) {
        expect(longContext.input).toBeGreaterThan(standard.input);
        expect(longContext.output).toBeGreaterThan(standard.output);
      }
    }
  },
);

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
    // The Middle East can also call the profiles of Europe and Asia.
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

test('a price is that of the Region and of the profile that leads there, or none', () => {
  const haiku = catalogue['claude-haiku-5.5'];
  expect(priceOf(haiku, 'eu-west-1')).toMatchObject({
    ...{ input: 0.11, output: 0.55, cacheRead: 0.011, cacheWrite: 0.1375, cacheWrite1h: 0.22 },
    longContext: {
      above: 100_000,
      ...{ input: 0.55, output: 2.75, cacheRead: 0.055, cacheWrite: 0.6875, cacheWrite1h: 1.1 },
    },
  });
  expect(priceOf(haiku, 'sa-east-1')).toMatchObject({ input: 0.1, output: 0.5 });
  expect(priceOf(catalogue['nova-lite'], 'eu-west-1')).toMatchObject({ input: 0.069, output: 0.276 });
  expect(priceOf(catalogue['gpt-oss-20b'], 'us-gov-west-1')).toBeUndefined();
});

test('what its geography is charged more for is not priced as through the global profile', () => {
  for (const [alias, model] of models) {
    const { global: worldwide, ...geographic } = model.inferenceProfiles ?? {};
    // Nova's prices differ by Region.
    if (!worldwide || !/^(?:anthropic|openai|moonshotai)/.test(model.modelId)) continue;
    const near = [...(model.onDemandRegions ?? []), ...Object.values(geographic).flatMap(Object.keys)];
    for (const region of regionsOf(model)) {
      const isNear = near.includes(region);
      expect([alias, region, priceOf(model, region)]).toEqual([alias, region, model.price?.[isNear ? 0 : 1]]);
    }
  }
});

test('a price of the config takes the place of that of the catalogue', () => {
  const own = { input: 1, output: 2 };
  const prices = { titan: own };
  expect(priceIn({ region: 'us-east-1', prices }, 'titan')).toBe(own);
  expect(priceIn({ region: 'us-east-1', prices }, 'nova-lite')).toMatchObject({ input: 0.06 });
  expect(priceIn({ region: 'us-gov-east-1', prices }, 'nova-lite')).toBeUndefined();
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

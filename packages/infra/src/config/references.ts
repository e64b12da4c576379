import {
  aliasOf,
  catalogue,
  definitionOf,
  locateModel,
  type ModelDefinition,
  type OfferedModel,
} from '@org/models';

export interface Reference {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The parts of a config that refer to each other or to the catalogue. */
interface Referring {
  readonly region: string;
  readonly globalInference: boolean;
  readonly models: readonly OfferedModel[];
  readonly aliases?: Readonly<Record<string, string>> | undefined;
  readonly plans: Readonly<
    Record<string, { readonly models: readonly string[]; readonly maxTokens?: number | undefined }>
  >;
  readonly teams: Readonly<
    Record<string, { readonly plan: string; readonly keys: readonly { readonly name: string }[] }>
  >;
}

/** Finds every reference of a config that leads nowhere, or to something that cannot work. */
export function checkReferences(config: Referring): Reference[] {
  const faultyModels = [...checkRegion(config), ...checkModels(config)];
  const faulty = new Set(faultyModels.map(({ path: [, index] }) => index));
  const sound = config.models.filter((_, index) => !faulty.has(index)).map(aliasOf);
  return [
    ...faultyModels,
    ...checkAliases(config, sound),
    ...checkPlans(config, sound),
    ...checkTeams(config),
    ...checkKeys(config),
  ];
}

/** Where no model is, the Region is at fault, and not each model. */
function* checkRegion({ models, region }: Referring): Iterable<Reference> {
  if (!isKnownRegion(models, region)) {
    const regions = [...new Set(Object.values(catalogue).flatMap((model) => regionsOf(model, true)))];
    const message = `no model is offered in "${region}"; check its spelling, or choose from ${listed(regions.sort())}`;
    yield { path: ['region'], message };
  }
}

/** Whether any model is offered there; else the Region is at fault, and what follows from it is not. */
export function isKnownRegion(models: readonly OfferedModel[], region: string): boolean {
  const definitions = [...Object.values(catalogue), ...models.map(definitionOf)];
  return definitions.some((definition) => definition && offeredIn(definition, region, true));
}

function* checkModels({ models, region, globalInference }: Referring): Iterable<Reference> {
  const knownRegion = isKnownRegion(models, region);
  const seen = new Map<string, number>();
  for (const [index, model] of models.entries()) {
    const path = ['models', index];
    const alias = aliasOf(model);
    const earlier = seen.get(alias);
    if (earlier !== undefined) {
      yield { path, message: `offers "${alias}" again after models.${earlier}; remove one of them` };
    }
    seen.set(alias, earlier ?? index);

    const definition = definitionOf(model);
    if (!definition) {
      const known = listed(Object.keys(catalogue));
      yield {
        path,
        message: `the catalogue has no "${alias}", only ${known}; or give a definition of your own`,
      };
    } else if (definition.lifecycle.status === 'end-of-life') {
      const others = listed(Object.keys(catalogue).filter((other) => !hasEnded(other)));
      const own = typeof model === 'string' ? '' : ', or correct the lifecycle of its definition';
      yield {
        path,
        message: `"${alias}" ended on ${definition.lifecycle.since} and answers no more; choose from ${others}${own}`,
      };
    } else if (profilePrefixes.has(prefixOf(definition.modelId))) {
      const prefix = prefixOf(definition.modelId);
      const modelId = definition.modelId.slice(prefix.length + 1);
      const message =
        `"${definition.modelId}" is the id of an inference profile; give "${modelId}", with onDemandRegions: [] and ` +
        `inferenceProfiles: { '${prefix}': { '${region}': [...] } }, which names the Regions that may answer`;
      yield { path: [...path, 'modelId'], message };
    } else if (knownRegion && !offeredIn(definition, region, globalInference)) {
      const regions =
        listed(regionsOf(definition, globalInference).toSorted()) ||
        'no Region at all: its definition names none';
      const remedy = offeredIn(definition, region, true)
        ? 'take it out here and in every plan, deploy to one of these, or set globalInference to true: any commercial Region may then answer'
        : 'take it out here and in every plan, or deploy to one of these';
      yield { path, message: `"${alias}" is not offered in ${region}, only in ${regions}; ${remedy}` };
    }
  }
}

/** What ids of cross-Region inference profiles begin with: `us`, `eu`, `global` and whatever else the catalogue has. */
const profilePrefixes: ReadonlySet<string> = new Set(
  Object.values<ModelDefinition>(catalogue).flatMap(({ inferenceProfiles = {} }) =>
    Object.keys(inferenceProfiles),
  ),
);

/** `eu` of `eu.amazon.nova-lite-v1:0`; of the model's own id, the name of its provider. */
function prefixOf(modelId: string): string {
  return modelId.slice(0, Math.max(0, modelId.indexOf('.')));
}

function hasEnded(alias: string): boolean {
  return definitionOf(alias)?.lifecycle.status === 'end-of-life';
}

export function offeredIn(definition: ModelDefinition, region: string, globalInference: boolean): boolean {
  const location = locateModel(definition, region, { globalInference });
  return location?.through === 'imported-model'
    ? regionsOf(definition, globalInference).includes(region)
    : location !== undefined;
}

function regionsOf(definition: ModelDefinition, globalInference: boolean): string[] {
  const { modelId, onDemandRegions, inferenceProfiles = {} } = definition;
  if (modelId.startsWith('arn:')) return modelId.split(':').slice(3, 4);
  const sources = Object.values(inferenceProfiles).flatMap((profile) => Object.keys(profile));
  const named = new Set([...(onDemandRegions ?? []), ...sources]);
  return [...named].filter((region) => locateModel(definition, region, { globalInference }));
}

/** @param sound Aliases without a fault, to choose from. */
function* checkAliases({ models, aliases = {} }: Referring, sound: readonly string[]): Iterable<Reference> {
  const offered = new Set(models.map(aliasOf));
  for (const [name, alias] of Object.entries(aliases)) {
    const path = ['aliases', name];
    if (offered.has(name)) {
      yield { path, message: `"${name}" is the alias of a model already; choose another name, or remove it` };
    } else if (Object.hasOwn(aliases, alias)) {
      yield { path, message: `"${alias}" is one of the aliases itself; name the model that it stands for` };
    } else if (offered.size > 0 && !offered.has(alias)) {
      const choice = sound.length > 0 ? `, or choose from ${listed(new Set(sound))}` : '';
      yield { path, message: `"${alias}" is not offered; add it to models${choice}` };
    }
  }
}

/** @param sound Aliases without a fault, to choose from. */
function* checkPlans({ models, plans }: Referring, sound: readonly string[]): Iterable<Reference> {
  const offered = new Map(models.map((model) => [aliasOf(model), definitionOf(model)]));
  if (Object.keys(plans).length === 0) yield { path: ['plans'], message: 'must have at least one plan' };
  for (const [name, plan] of Object.entries(plans)) {
    for (const [index, alias] of plan.models.entries()) {
      // Without any model, every alias is a consequence and no fault of its own.
      if (offered.size > 0 && !offered.has(alias)) {
        const choice = sound.length > 0 ? `, or choose from ${listed(new Set(sound))}` : '';
        const message = `"${alias}" is not offered; add it to models${choice}`;
        yield { path: ['plans', name, 'models', index], message };
      }
    }
    const limits = plan.models.flatMap((alias) => offered.get(alias)?.maxOutputTokens ?? []);
    const most = Math.max(...limits);
    if (plan.maxTokens !== undefined && limits.length > 0 && plan.maxTokens > most) {
      const message = `is above ${most}, the most that any model of this plan can answer; lower it, or leave it out`;
      yield { path: ['plans', name, 'maxTokens'], message };
    }
  }
}

function* checkTeams({ plans, teams }: Referring): Iterable<Reference> {
  if (Object.keys(teams).length === 0) yield { path: ['teams'], message: 'must have at least one team' };
  const names = Object.keys(plans);
  for (const [name, { plan }] of Object.entries(teams)) {
    if (names.length > 0 && !names.includes(plan)) {
      const message = `there is no plan "${plan}"; choose from ${listed(names)}, or add it to plans`;
      yield { path: ['teams', name, 'plan'], message };
    }
  }
}

function* checkKeys({ teams }: Referring): Iterable<Reference> {
  const seen = new Map<string, string>();
  for (const [team, { keys }] of Object.entries(teams)) {
    for (const [index, { name }] of keys.entries()) {
      const path = ['teams', team, 'keys', index];
      const earlier = seen.get(name);
      if (earlier !== undefined) {
        yield { path, message: `"${name}" is already the name of ${earlier}; rename one of them` };
      }
      seen.set(name, earlier ?? path.join('.'));
    }
  }
}

function listed(names: Iterable<string>): string {
  return [...names].join(', ');
}

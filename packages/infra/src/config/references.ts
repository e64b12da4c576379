import type { Limits } from '@org/contract';
import {
  aliasOf,
  catalogue,
  definitionOf,
  locateModel,
  type ModelDefinition,
  type OfferedModel,
  type Price,
} from '@org/models';
import { correction } from './correction.ts';

/** A model that is itself at fault, but may have a name. */
export interface FaultyModel {
  readonly alias: string | undefined;
  readonly atFault: true;
}

/** An entry of `models`. */
export type Model = OfferedModel | FaultyModel;

export interface Reference {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** The parts of a config that are checked against each other. An undefined part is absent, or itself at fault. */
export interface CheckedParts {
  readonly region?: string | undefined;
  readonly globalInference: boolean;
  readonly models: readonly Model[];
  readonly aliases?: Readonly<Record<string, string | undefined>> | undefined;
  readonly prices?: Readonly<Record<string, Price | undefined>> | undefined;
  readonly plans?: Readonly<Record<string, CheckedPlan>> | undefined;
  readonly teams?: Readonly<Record<string, CheckedTeam>> | undefined;
}

interface CheckedPlan {
  readonly models: readonly (string | undefined)[];
  readonly maxTokens?: number | undefined;
  readonly limits?: Limits | undefined;
  readonly limitsPerPerson?: Limits | undefined;
  readonly limitsPerCustomer?: Limits | undefined;
  readonly limitsPerModel?: Readonly<Record<string, Limits | undefined>> | undefined;
}

interface CheckedTeam {
  readonly plan?: string | undefined;
  readonly keys: readonly ({ readonly name: string; readonly limits?: Limits | undefined } | undefined)[];
}

/** Finds every reference of a config that leads nowhere, or to something that cannot work. */
export function checkReferences(config: CheckedParts): Reference[] {
  const faultyModels = [...checkRegion(config), ...checkModels(config)];
  const faulty = new Set(faultyModels.map(({ path: [, index] }) => index));
  const sound = config.models.flatMap((model, index) =>
    isAtFault(model) || faulty.has(index) ? [] : [aliasOf(model)],
  );
  return [
    ...faultyModels,
    ...checkAliases(config, sound),
    ...checkPlans(config, sound),
    ...checkTeams(config),
    ...checkKeys(config),
  ];
}

/** If the Region has no model, the Region is at fault, and not each model. */
function* checkRegion({ models, region }: CheckedParts): Iterable<Reference> {
  if (region !== undefined && !isKnownRegion(models, region)) {
    const regions = [...new Set(Object.values(catalogue).flatMap((model) => regionsOf(model, true)))].sort();
    const remedy = correction(region, regions, `choose from ${listed(regions)}`);
    yield { path: ['region'], message: `no model is offered in "${region}"; ${remedy}` };
  }
}

export function isAtFault(model: Model): model is FaultyModel {
  return typeof model === 'object' && 'atFault' in model;
}

/** The offered models by alias, with each definition that is sound. */
export function offeredBy(
  models: readonly Model[],
): ReadonlyMap<string | undefined, ModelDefinition | undefined> {
  return new Map(
    models.map((model) =>
      isAtFault(model) ? [model.alias, undefined] : [aliasOf(model), definitionOf(model)],
    ),
  );
}

/** Whether any model is offered there. If not, only the Region is at fault, and not its consequences. */
export function isKnownRegion(models: readonly Model[], region: string): boolean {
  const definitions = [...Object.values(catalogue), ...offeredBy(models).values()];
  return definitions.some((definition) => definition && offeredIn(definition, region, true));
}

function* checkModels({ models, region, globalInference }: CheckedParts): Iterable<Reference> {
  const seen = new Map<string, number>();
  for (const [index, model] of models.entries()) {
    if (isAtFault(model)) continue;
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
      const remedy = correction(
        alias,
        Object.keys(catalogue),
        `choose from ${known}, or give your own definition`,
      );
      yield { path, message: `the catalogue has no "${alias}"; ${remedy}` };
    } else if (definition.lifecycle.status === 'end-of-life') {
      const others = listed(Object.keys(catalogue).filter((other) => !hasEnded(other)));
      const own = typeof model === 'string' ? '' : ', or correct the lifecycle of its definition';
      yield {
        path,
        message: `"${alias}" ended on ${definition.lifecycle.since} and no longer answers; choose from ${others}${own}`,
      };
    } else if (profilePrefixes.has(prefixOf(definition.modelId))) {
      const prefix = prefixOf(definition.modelId);
      const modelId = definition.modelId.slice(prefix.length + 1);
      const message =
        `"${definition.modelId}" is the id of an inference profile; give "${modelId}", with onDemandRegions: [] and ` +
        `inferenceProfiles: { '${prefix}': { '${region ?? 'REGION'}': [...] } }, which names the Regions that may answer`;
      yield { path: [...path, 'modelId'], message };
    } else if (
      region !== undefined &&
      isKnownRegion(models, region) &&
      !offeredIn(definition, region, globalInference)
    ) {
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

/** Prefixes of cross-Region inference profile ids: `us`, `eu`, `global` and all others in the catalogue. */
const profilePrefixes: ReadonlySet<string> = new Set(
  Object.values<ModelDefinition>(catalogue).flatMap(({ inferenceProfiles = {} }) =>
    Object.keys(inferenceProfiles),
  ),
);

/** `eu` for `eu.amazon.nova-lite-v1:0`; for a model's own id, the name of its provider. */
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
function* checkAliases(
  { models, aliases = {} }: CheckedParts,
  sound: readonly string[],
): Iterable<Reference> {
  const offered = offeredBy(models);
  for (const [name, alias] of Object.entries(aliases)) {
    if (alias === undefined) continue;
    const path = ['aliases', name];
    if (offered.has(name)) {
      yield { path, message: `"${name}" is the alias of a model already; choose another name, or remove it` };
    } else if (Object.hasOwn(aliases, alias)) {
      yield { path, message: `"${alias}" is one of the aliases itself; name the model that it stands for` };
    } else if (lacks(offered, alias)) {
      yield { path, message: notOffered(alias, sound) };
    }
  }
}

/** @param sound Aliases without a fault, to choose from. */
function* checkPlans({ models, plans }: CheckedParts, sound: readonly string[]): Iterable<Reference> {
  const offered = offeredBy(models);
  if (plans && Object.keys(plans).length === 0) {
    yield { path: ['plans'], message: 'must have at least one plan' };
  }
  for (const [name, plan] of Object.entries(plans ?? {})) {
    for (const [index, alias] of plan.models.entries()) {
      if (alias !== undefined && lacks(offered, alias)) {
        yield { path: ['plans', name, 'models', index], message: notOffered(alias, sound) };
      }
    }
    for (const alias of Object.keys(plan.limitsPerModel ?? {})) {
      const known = plan.models.filter((model) => model !== undefined);
      if (known.length < plan.models.length || known.includes(alias)) continue;
      const remedy = correction(alias, known, `choose from ${listed(known)}, or add it to the plan's models`);
      yield {
        path: ['plans', name, 'limitsPerModel', alias],
        message: `"${alias}" is not a model of this plan; ${remedy}`,
      };
    }
    const limits = plan.models.flatMap((alias) => offered.get(alias)?.maxOutputTokens ?? []);
    const most = Math.max(...limits);
    if (plan.maxTokens !== undefined && limits.length > 0 && plan.maxTokens > most) {
      const message = `is above ${most}, the most that any model of this plan can answer; lower it, or leave it out`;
      yield { path: ['plans', name, 'maxTokens'], message };
    }
  }
}

function* checkTeams({ plans, teams }: CheckedParts): Iterable<Reference> {
  if (teams && Object.keys(teams).length === 0) {
    yield { path: ['teams'], message: 'must have at least one team' };
  }
  const names = Object.keys(plans ?? {});
  for (const [name, { plan }] of Object.entries(teams ?? {})) {
    if (plan !== undefined && names.length > 0 && !names.includes(plan)) {
      const remedy = correction(plan, names, `choose from ${listed(names)}, or add it to plans`);
      yield { path: ['teams', name, 'plan'], message: `there is no plan "${plan}"; ${remedy}` };
    }
  }
}

function* checkKeys({ teams }: CheckedParts): Iterable<Reference> {
  const seen = new Map<string, string>();
  for (const [team, { keys }] of Object.entries(teams ?? {})) {
    for (const [index, key] of keys.entries()) {
      if (!key) continue;
      const { name } = key;
      const path = ['teams', team, 'keys', index];
      const earlier = seen.get(name);
      if (earlier !== undefined) {
        yield { path, message: `"${name}" is already the name of ${earlier}; rename one of them` };
      }
      seen.set(name, earlier ?? path.join('.'));
    }
  }
}

/** Whether an alias leads nowhere. If there is no model, or one without a name, that follows from another fault. */
export function lacks(offered: ReadonlyMap<string | undefined, unknown>, alias: string): boolean {
  return offered.size > 0 && !offered.has(undefined) && !offered.has(alias);
}

/** @param sound Aliases without a fault, to choose from. */
function notOffered(alias: string, sound: readonly string[]): string {
  const choice = sound.length > 0 ? `, or choose from ${listed(new Set(sound))}` : '';
  return `"${alias}" is not offered; ${correction(alias, sound, `add it to models${choice}`)}`;
}

function listed(names: Iterable<string>): string {
  return [...names].join(', ');
}

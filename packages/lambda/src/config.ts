import { aliasOf, definitionOf, locateModel, type ModelDefinition } from '@org/contract';
import * as z from 'zod/mini';
import { ProxyEnvironment, proxyEnvironmentVariable } from './environment.ts';

/** A model as this deployment reaches it. */
export interface OfferedModel {
  readonly alias: string;
  readonly definition: ModelDefinition;
  /** What Bedrock is called with in this Region. */
  readonly modelId: string;
}

/** Who is asking: what an API key stands for. */
export interface Caller {
  readonly keyId: string;
  readonly team: string;
  readonly plan: string;
  /** Aliases that the plan includes. */
  readonly models: readonly string[];
  /** The plan's cap on output tokens of one ask. */
  readonly maxTokens: number | undefined;
}

export interface Config {
  readonly models: ReadonlyMap<string, OfferedModel>;
  readonly callers: ReadonlyMap<string, Caller>;
}

/**
 * Reads the function's environment, once, at init.
 *
 * @throws {Error} Naming the variable and the field, so that a broken deployment fails at its first start.
 */
export function readConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const region = environment['AWS_REGION'];
  if (!region)
    throw new Error('AWS_REGION is not set. Lambda sets it; elsewhere, set it to the Region of Bedrock.');
  const { models, plans, teams, keys } = parseEnvironment(environment[proxyEnvironmentVariable]);

  const offered = models.map((model): OfferedModel => {
    const alias = aliasOf(model);
    const definition = definitionOf(model);
    if (!definition) throw invalid(`models: the catalogue has no model "${alias}"`);
    const location = locateModel(definition, region);
    if (!location) throw invalid(`models: "${alias}" is not offered in ${region}`);
    return { alias, definition, modelId: location.modelId };
  });

  const callers = Object.entries(keys).map(([keyId, team]): Caller => {
    const planName = teams[team];
    if (planName === undefined) throw invalid(`keys.${keyId}: there is no team "${team}"`);
    const plan = plans[planName];
    if (plan === undefined) throw invalid(`teams.${team}: there is no plan "${planName}"`);
    return { keyId, team, plan: planName, models: plan.models, maxTokens: plan.maxTokens };
  });

  return {
    models: new Map(offered.map((model) => [model.alias, model])),
    callers: new Map(callers.map((caller) => [caller.keyId, caller])),
  };
}

function parseEnvironment(text: string | undefined): ProxyEnvironment {
  if (text === undefined) throw invalid('it is not set');
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw invalid('it is not JSON');
  }
  const { data, error } = z.safeParse(ProxyEnvironment, json);
  if (error)
    throw invalid(error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('; '));
  return data;
}

function invalid(reason: string): Error {
  return new Error(`The environment variable ${proxyEnvironmentVariable} is not valid: ${reason}`);
}

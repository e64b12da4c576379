import type { Limits } from '@org/contract';
import {
  aliasOf,
  definitionOf,
  locateModel,
  type ModelDefinition,
  namesOf,
  type Price,
  priceIn,
} from '@org/models';
import type { MemberName } from '@org/table';
import * as z from 'zod/mini';
import en from 'zod/v4/locales/en.js';
import { readConfigFile } from './config-file.ts';
import { readDeployedConfig } from './deployed-config.ts';
import {
  environmentVariables,
  type Guardrail,
  type KeyAccess,
  type MemberLimits,
  type PlanAccess,
  type PromptLogAccess,
} from './environment.ts';
import type { Scope } from './ledger/scope.ts';
import { readVariable } from './variables.ts';

// zod/mini has no messages, and z.locales would bring those of every language.
z.config(en());

/** A model as this deployment reaches it. */
export interface ChosenModel {
  readonly alias: string;
  readonly definition: ModelDefinition;
  /** The target of Bedrock calls in this Region. */
  readonly modelId: string;
  /** Absent if it is not known. */
  readonly price: Price | undefined;
}

/** The caller behind an API key. */
export interface Caller extends Readonly<MemberLimits> {
  readonly keyId: string;
  /** Only of a key made at run time. */
  readonly keyName?: string | undefined;
  readonly team: string;
  /** The person who signed in, as a {@link usageId}. Absent for an API key. */
  readonly person?: string | undefined;
  readonly plan: string;
  /** Aliases that the plan includes. */
  readonly models: readonly string[];
  /** The plan's cap on one ask's output tokens. */
  readonly maxTokens: number | undefined;
  /** Whether a call that asks for more, or for more than the model has, is lowered and not refused. */
  readonly clampMaxTokens: boolean;
  readonly guardrail: Guardrail | undefined;
  /** ARNs of the inference profiles that its calls go through, by alias, so that AWS's bill knows the plan. */
  readonly inferenceProfiles: ReadonlyMap<string, string>;
  /** The scopes that all calls count in: the key, if it has its own limits, and the team. */
  readonly scopes: readonly Scope[];
  /**
   * The limits in force of a member of the team, whose limits by the plan are `base`. Left out: those of the plan, because
   * operators changed nothing of any member.
   */
  readonly inForce?:
    | ((member: MemberName, base: Limits | undefined) => Promise<Limits | undefined>)
    | undefined;
}

export interface Config {
  /** By alias. */
  readonly models: ReadonlyMap<string, ChosenModel>;
  /** Other names that the config gives models: name to alias. */
  readonly aliases: ReadonlyMap<string, string>;
  /** Names that models have with Bedrock and Anthropic, to the aliases that stand for such a model. */
  readonly foreignNames: ReadonlyMap<string, readonly string[]>;
  /** The keys that were deployed with the function, by id. */
  readonly keys: ReadonlyMap<string, KeyAccess>;
  /** Their inference profiles are ARNs. */
  readonly plans: ReadonlyMap<string, PlanAccess>;
  /** Team to plan. */
  readonly teams: ReadonlyMap<string, string>;
  /** The time zone of the limits' windows. */
  readonly timeZone: string;
  /** The shares of a limit from which it is nearly used up, in percent. */
  readonly warnAt: readonly number[];
  /** Namespace of the CloudWatch metrics. */
  readonly metrics: string;
  /** Origins whose web pages may read answers. */
  readonly corsOrigins: readonly string[];
  /** Name of the DynamoDB table of counters and run-time keys. */
  readonly table: string;
  /** Where prompts and answers are kept. Default: nowhere. */
  readonly promptLog?: PromptLogAccess | undefined;
  /** ARN of the topic of notices about limits. Default: there are none. */
  readonly noticeTopic?: string | undefined;
  /** Whether the calls that X-Ray samples are traced. Default: false. */
  readonly traces?: boolean | undefined;
}

/**
 * Reads the function's environment and the file beside its code, once, at init.
 *
 * @param readFile Returns the text of the file. Called only if the environment does not say everything. Default: the file
 *   beside the built code.
 * @throws {Error} Naming the variable or the file, and the field, so that a broken deployment fails at its first start.
 */
export function readConfig(
  environment: Readonly<Record<string, string | undefined>>,
  readFile = readConfigFile,
): Config {
  const region = environment['AWS_REGION'];
  if (!region)
    throw new Error('AWS_REGION is not set. Lambda sets it; elsewhere, set it to the Region of Bedrock.');
  const table = readVariable(environment, environmentVariables.table);
  const {
    models,
    aliases = {},
    prices,
    timeZone = 'UTC',
    warnAt = [80, 95],
    globalInference,
    metrics,
    cors,
    promptLog,
    noticeTopic,
    traces,
    ...access
  } = readDeployedConfig(environment, readFile);

  const offered = models.map((model): ChosenModel => {
    const alias = aliasOf(model);
    const definition = definitionOf(model);
    if (!definition) throw invalidConfig(`models: the catalogue has no model "${alias}"`);
    const location = locateModel(definition, region, { globalInference });
    if (!location) throw invalidConfig(`models: "${alias}" is not offered in ${region}`);
    const price = priceIn({ region, prices }, model);
    return { alias, definition, modelId: location.modelId, price };
  });

  const plans = new Map(
    Object.entries(access.plans).map(([name, plan]): [string, PlanAccess] => [
      name,
      { ...plan, inferenceProfiles: arnsOf(plan.inferenceProfiles, access.inferenceProfileArn) },
    ]),
  );
  const teams = new Map(Object.entries(access.teams));
  const keys = Object.entries(access.keys).map(([keyId, key]): [string, KeyAccess] => {
    const deployed = typeof key === 'string' ? { team: key } : key;
    const plan = teams.get(deployed.team);
    if (plan === undefined) throw invalidConfig(`keys.${keyId}: there is no team "${deployed.team}"`);
    if (!plans.has(plan)) throw invalidConfig(`teams.${deployed.team}: there is no plan "${plan}"`);
    return [keyId, deployed];
  });

  return {
    models: new Map(offered.map((model) => [model.alias, model])),
    aliases: new Map(Object.entries(aliases)),
    foreignNames: foreignNamesOf(offered),
    keys: new Map(keys),
    plans,
    teams,
    timeZone,
    warnAt,
    metrics,
    corsOrigins: cors?.origins ?? [],
    table,
    promptLog,
    noticeTopic,
    traces,
  };
}

/** The whole ARNs of a plan's inference profiles; the environment has no room for them. */
function arnsOf(ids: PlanAccess['inferenceProfiles'], start = ''): PlanAccess['inferenceProfiles'] {
  return ids && Object.fromEntries(Object.entries(ids).map(([alias, id]) => [alias, `${start}${id}`]));
}

/** Two aliases may stand for one model. */
function foreignNamesOf(models: readonly ChosenModel[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  for (const { alias, definition } of models) {
    for (const name of namesOf(definition)) names.set(name, [...(names.get(name) ?? []), alias]);
  }
  return names;
}

/** What a key may do under a plan. */
export function callerOf(
  key: {
    readonly keyId: string;
    readonly team: string;
    readonly plan: string;
    readonly limits?: Limits | undefined;
    /** Id of the key under which its limits are counted. Default: its own. */
    readonly countedAs?: string | undefined;
  },
  plan: PlanAccess,
): Caller {
  const { keyId, team, countedAs = keyId } = key;
  const scopes: Scope[] = [
    ...(key.limits ? [{ kind: 'key' as const, id: countedAs, limits: key.limits }] : []),
    ...(plan.limits ? [{ kind: 'team' as const, id: team, limits: plan.limits, shards: plan.shards }] : []),
  ];
  return {
    keyId,
    team,
    plan: key.plan,
    models: plan.models,
    maxTokens: plan.maxTokens,
    clampMaxTokens: plan.clampMaxTokens ?? false,
    guardrail: plan.guardrail,
    inferenceProfiles: new Map(Object.entries(plan.inferenceProfiles ?? {})),
    limitsPerPerson: plan.limitsPerPerson,
    limitsPerCustomer: plan.limitsPerCustomer,
    limitsPerModel: plan.limitsPerModel,
    scopes,
  };
}

function invalidConfig(reason: string): Error {
  return new Error(`The config of the deployment is not valid: ${reason}`);
}

import { type Limits, LimitsSchema, mostShards } from '@org/contract';
import { type CatalogueAlias, type ModelDefinition, OfferedModel, Price } from '@org/models';
import * as z from 'zod/mini';
import { type AccountConfig, accountFields, checkKmsKey, checkPlanTag, checkPromptLog } from './account.ts';
import { ConfigError } from './config-error.ts';
import { checkGuardrails } from './guardrails.ts';
import { describeIssues } from './issues.ts';
import { KeyName, KeyText, Name } from './name.ts';
import { checkNetwork, type NetworkConfig, networkFields } from './network.ts';
import { checkNotify, Notify, type NotifyConfig, NotifySetting } from './notify.ts';
import { type OperationsConfig, operationsFields } from './operations.ts';
import { PlanGuardrail } from './plan-guardrail.ts';
import { positiveInteger } from './positive-integer.ts';
import { checkPrices } from './prices.ts';
import { checkReferences, type FaultyModel } from './references.ts';
import { type AuthoredSignIn, SignIn } from './sign-in.ts';
import { checkStageThrottle } from './stage-throttle.ts';
import { Throttle } from './throttle.ts';
import { TimeZone } from './time-zone.ts';

// zod/mini brings no messages of its own.
z.config(z.locales.en());

/** Retention periods that CloudWatch Logs accepts, in days. */
const retentionDays = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/**
 * How many requests each key of a plan may make in a period. API Gateway enforces it, best effort.
 *
 * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-api-usage-plans.html
 */
export interface Quota {
  /** Requests in one period. */
  limit: number;
  /** AWS does not document when a period ends. The local gateway uses calendar periods in UTC. */
  period: 'DAY' | 'WEEK' | 'MONTH';
  /**
   * Requests that are subtracted from the limit in the first period, as AWS documents it. Older AWS documentation called it
   * the day on which a period starts, and the service still accepts only 0 for DAY, 0-6 for WEEK and 0-27 for MONTH. Not
   * tried on AWS. Default: 0.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/api/API_QuotaSettings.html
   */
  offset?: number | undefined;
}

/** What a team may do. Every key has a quota, so every plan has one. */
export interface AuthoredPlan<Alias extends string = string> {
  /** How fast each key may ask. */
  throttle: Throttle;
  /** How often each key may ask. Refused requests count too. */
  quota: Quota;
  /** Aliases that the plan's teams may ask; each must be offered by `models`. */
  models: readonly Alias[];
  /** The most output tokens that one ask may have. Default: each model's own limit. */
  maxTokens?: number | undefined;
  /**
   * Whether an ask for more output tokens than `maxTokens` or the model allows is lowered to what is allowed, instead of
   * refused. The answer then has the header `x-max-tokens-lowered-to`, and if it was cut off, the stop reason `max_tokens`.
   * Useful for coding agents, which ask for as many tokens as the model's vendor allows. Default: false.
   */
  clampMaxTokens?: boolean | undefined;
  /**
   * What each team of the plan may use, over all its keys, by minute, hour, day, week and month of the `timeZone`. Limits
   * are exact at any concurrency, and their error says how much is used and when it resets. A limit in USD needs a price
   * for every model of the plan. Default: nothing is counted.
   */
  limits?: Limits | undefined;
  /**
   * Over how many items of the table the counters of each team are spread, from 1 to 16: one takes about 500 calls a second of
   * a team. The parts of a limit add up to it, and a call must fit into one of them. A month that has begun on one item is
   * spread at once, and any other change begins with the next month. Default: 1.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/bp-partition-key-sharding.html
   */
  shards?: number | undefined;
  /**
   * What each person who signs in may use in a team, in addition to the team's own limits. Each is counted alone, for two
   * more writes a call. Calls with an API key have no person: give the key its own limits. Default: nothing is counted.
   */
  limitsPerPerson?: Limits | undefined;
  /**
   * What each customer of a team may use: the one that a request names, as `customer`, OpenAI's `safety_identifier` or
   * `user`, or Anthropic's `metadata.user_id`. Requests that name none count together, as one customer. The team itself says
   * who its customers are, so this divides its limits and does not replace them. Default: nothing is counted.
   */
  limitsPerCustomer?: Limits | undefined;
  /** What a team may use of a model, by alias: `{ 'nova-pro': { usd: { month: 20 } } }`. Default: nothing is counted. */
  limitsPerModel?: { readonly [Model in Alias]?: Limits | undefined } | undefined;
  /**
   * A Bedrock Guardrail in the deployment's Region, applied to every question and answer of the plan's teams. AWS bills it
   * separately. Default: none.
   *
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails.html
   */
  guardrail?: PlanGuardrail | undefined;
}

/** An API key to make. */
export interface AuthoredKey {
  /** Unique in the account and Region, and not ending in `-sign-in`. */
  name: string;
  /** Whether the key works. Default: true. */
  enabled?: boolean | undefined;
  /** The key's own limits, in addition to its team's. Default: none. */
  limits?: Limits | undefined;
  /** Who answers for the key, such as a mail address. `keys list` shows it. Default: none. */
  owner?: string | undefined;
  /** What the key is for. `keys list` shows it. Default: none. */
  note?: string | undefined;
}

/** Anyone who gets keys: a department, a customer, an app. */
export interface AuthoredTeam<PlanName extends string = string> {
  /**
   * Name of the plan. A deployed key cannot move to another plan, because CloudFormation would add it to the new plan
   * before removing it from the old one, which API Gateway refuses. Change the plan's limits, or give the team keys with
   * new names, which then have new values.
   */
  plan: PlanName;
  /**
   * Names of the API keys to make. They must be unique over all teams and stages of an account and Region, because
   * CloudFormation may refuse a name that another stack made. API Gateway makes their values. Throttle and quota apply to
   * each key; the plan's limits apply to all of them together. Names must not end in `-sign-in`, which is for the keys
   * that `signIn` makes. Default: none, for a team whose people sign in or whose keys the command line makes.
   */
  keys?: readonly (string | AuthoredKey)[] | undefined;
  /** Who gets a notice when a limit of this team is nearly reached, besides the receivers for all teams. Default: none. */
  notify?: NotifyConfig | undefined;
}

/** A model to offer: an alias of the catalogue, or your own definition with its alias. */
export type AuthoredModel = CatalogueAlias | (ModelDefinition & { readonly alias: string });

type AliasOf<Model extends AuthoredModel> = Model extends { readonly alias: infer Alias extends string }
  ? Alias
  : Extract<Model, string>;

/** What a `proxy.config.ts` says. */
export interface AuthoredProxyConfig<
  Models extends readonly AuthoredModel[] = readonly AuthoredModel[],
  PlanName extends string = string,
> extends OperationsConfig,
    AccountConfig,
    NetworkConfig {
  /** Prefix of the stack's and its resources' names: lower-case letters, digits and hyphens. */
  name: string;
  /**
   * Name of the API's stage and last part of the stack's name, such as `dev`: lower-case letters and digits. Hyphens are
   * not allowed, because name `a` with stage `b-c` would be the same stack as name `a-b` with stage `c`.
   */
  stage: string;
  /** AWS Region to deploy to and call Bedrock in. */
  region: string;
  /** Models that this deployment offers. */
  models: Models;
  /**
   * Other names that callers may use for a model: `{ 'gpt-4o': 'nova-pro' }`. Letters, digits, `.`, `-`, `_`, `:` and `/`.
   * Bedrock's ids of a model, and Anthropic's of a Claude model, work without an entry. Default: none.
   */
  aliases?: Readonly<Record<string, AliasOf<Models[number]>>> | undefined;
  /** Plans by name. */
  plans: Record<PlanName, AuthoredPlan<AliasOf<Models[number]>>>;
  /** Teams by name. */
  teams: Record<string, AuthoredTeam<NoInfer<PlanName>>>;
  /**
   * Prices in USD per million tokens, by alias, in place of the catalogue's. Multiply a price per 1,000 tokens by 1,000.
   * With a limit in USD, input and output must be above 0. `proxy prices` compares them with AWS's Price List.
   */
  prices?: { readonly [Alias in AliasOf<Models[number]>]?: Price | undefined } | undefined;
  /**
   * The time zone in which the days, weeks and months of `limits` begin: a name of the IANA database, such as
   * `Europe/Berlin`. Daylight saving is observed, so a day may have 23 or 25 hours. The `quota` of API Gateway is not
   * affected. Default: `UTC`.
   *
   * @see https://www.iana.org/time-zones
   */
  timeZone?: string | undefined;
  /**
   * Whether there are notices by mail and webhook when a limit is nearly reached, and who gets those of all teams. `true`: the
   * command `notices add` names the receivers, without a deployment. SNS costs nothing while idle. Default: false, unless a
   * team has receivers.
   */
  notify?: boolean | NotifyConfig | undefined;
  /**
   * The qualifier with which the account and Region are bootstrapped for the CDK (`cdk bootstrap --qualifier`): at most ten
   * lower-case letters and digits. Default: the CDK's, `hnb659fds`.
   *
   * @see https://docs.aws.amazon.com/cdk/v2/guide/bootstrapping-customizing.html
   */
  bootstrapQualifier?: string | undefined;
  /**
   * Whether a model that neither the Region nor its geography offers may be called through a global inference profile. Any
   * commercial Region may then answer, and sees the request. Default: false.
   *
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/global-cross-region-inference.html
   */
  globalInference?: boolean | undefined;
  /**
   * Whether the stage writes an access log (without prompts and key values). It needs API Gateway's CloudWatch role, a
   * setting of the whole account and Region; without it, the deployment fails. Default: false.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-logging.html
   */
  accessLog?: boolean | undefined;
  /**
   * Whether a key may also come as `Authorization: Bearer`, as OpenAI's SDKs and most clients of other APIs send it. An
   * authorizer function then runs before every request, even refused ones, for about 0.21 USD per million requests. With
   * `false`, only `x-api-key` works. With `signIn` there is an authorizer anyway, and this changes nothing. Default: true.
   */
  bearer?: boolean | undefined;
  /**
   * Lets people and programs call with a token of a Cognito user pool, or of any OpenID Connect issuer, as well as with
   * API keys. Default: API keys only.
   */
  signIn?: AuthoredSignIn | undefined;
  /** Days that logs are kept. Default: 30. */
  logRetentionDays?: (typeof retentionDays)[number] | undefined;
}

const nameOf = (pattern: RegExp, rule: string) =>
  z.string().check(z.regex(pattern, { error: rule, abort: true }));

const prefix = nameOf(
  /^[a-z][a-z0-9-]{0,39}$/,
  'must start with a lower-case letter and have at most 40 lower-case letters, digits and hyphens',
);

/** Without a hyphen, so that the last one of a stack's name is the one before its stage. */
const stage = nameOf(
  /^[a-z][a-z0-9]{0,39}$/,
  'must start with a lower-case letter and have at most 40 lower-case letters and digits, and no hyphens: put those into name',
);

/** What a caller can say for a model, in a body and, encoded, in a path. */
const ModelName = nameOf(
  /^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$/,
  'must start with a letter or digit and have at most 128 letters, digits, dots, hyphens, underscores, colons and slashes',
);

/** The offsets that API Gateway accepts, by period. */
const highestOffset = { DAY: 0, WEEK: 6, MONTH: 27 } as const;

/** The one that `cdk bootstrap` takes without `--qualifier`. */
export const usualQualifier = 'hnb659fds';

const Quota = z
  .strictObject({
    limit: positiveInteger,
    period: z.enum(['DAY', 'WEEK', 'MONTH']),
    offset: z._default(z.int(), 0),
  } satisfies Record<keyof Quota, z.ZodMiniType>)
  .check(
    z.check(({ value: { limit, period, offset }, issues }) => {
      const highest = Math.max(0, Math.min(highestOffset[period], limit - 1));
      if (offset < 0 || offset > highest) {
        const range = highest === 0 ? '0' : `between 0 and ${highest}`;
        issues.push({
          code: 'custom',
          path: ['offset'],
          input: offset,
          message: `must be ${range} for ${limit} requests per ${period}`,
        });
      }
    }),
  );

/** A plan, checked, with its defaults. */
export type Plan = z.output<typeof Plan>;
export const Plan = z.strictObject({
  throttle: Throttle,
  quota: Quota,
  models: z.array(z.string()).check(z.minLength(1, 'must name at least one of the models')),
  maxTokens: z.optional(positiveInteger),
  clampMaxTokens: z.optional(z.boolean()),
  limits: z.optional(LimitsSchema),
  shards: z.optional(z.int().check(z.minimum(1), z.maximum(mostShards))),
  limitsPerPerson: z.optional(LimitsSchema),
  limitsPerCustomer: z.optional(LimitsSchema),
  limitsPerModel: z.optional(z.record(z.string(), LimitsSchema)),
  guardrail: z.optional(PlanGuardrail),
} satisfies Record<keyof AuthoredPlan, z.ZodMiniType>);

const KeyObject = z.strictObject({
  name: KeyName,
  enabled: z._default(z.boolean(), true),
  limits: z.optional(LimitsSchema),
  owner: z.optional(KeyText),
  note: z.optional(KeyText),
} satisfies Record<keyof AuthoredKey, z.ZodMiniType>);

const Key = z.pipe(
  z.union([KeyName, KeyObject]),
  z.transform(
    (key): z.output<typeof KeyObject> => (typeof key === 'string' ? { name: key, enabled: true } : key),
  ),
);

const Team = z.strictObject({
  plan: z.string(),
  keys: z._default(z.array(Key), []),
  notify: z.optional(Notify),
} satisfies Record<keyof AuthoredTeam, z.ZodMiniType>);

export const ProxyConfig = z.strictObject({
  name: prefix,
  stage,
  region: nameOf(/^[a-z]{2,}(-[a-z]+)+-\d+$/, 'must be an AWS Region such as us-east-1'),
  models: z.array(OfferedModel).check(z.minLength(1, 'must offer at least one model')),
  aliases: z.optional(z.record(ModelName, z.string())),
  plans: z.record(Name, Plan),
  teams: z.record(Name, Team),
  prices: z.optional(z.record(z.string(), Price)),
  timeZone: z._default(TimeZone, 'UTC'),
  notify: NotifySetting,
  bootstrapQualifier: z._default(
    nameOf(/^[a-z0-9]{1,10}$/, 'must have at most 10 lower-case letters and digits'),
    usualQualifier,
  ),
  globalInference: z._default(z.boolean(), false),
  accessLog: z._default(z.boolean(), false),
  bearer: z._default(z.boolean(), true),
  signIn: z.optional(SignIn),
  logRetentionDays: z._default(z.literal(retentionDays), 30),
  ...operationsFields,
  ...accountFields,
  ...networkFields,
} satisfies Record<keyof AuthoredProxyConfig, z.ZodMiniType>);

const {
  region,
  globalInference,
  notify,
  stageThrottle,
  promptLog,
  kmsKey,
  costByPlan,
  tags,
  privateApi,
  domain,
} = ProxyConfig.shape;

/** Undefined in place of what is at fault in itself. */
const sound = <Schema extends z.ZodMiniType>(schema: Schema) => z.catch(z.optional(schema), undefined);

/** What is compared with each other, as far as it is sound: one fault does not hide another. */
const Comparable = z.object({
  region: sound(region),
  globalInference: z.catch(globalInference, false),
  notify: z.catch(notify, false),
  stageThrottle: sound(stageThrottle),
  promptLog: sound(promptLog),
  kmsKey: sound(kmsKey),
  costByPlan: z.catch(costByPlan, false),
  tags: sound(tags),
  privateApi: sound(privateApi),
  domain: sound(domain),
  models: z.catch(z.array(z.union([OfferedModel, z.pipe(z.unknown(), z.transform(faultyModel))])), []),
  aliases: sound(z.record(z.string(), sound(z.string()))),
  prices: sound(z.record(z.string(), sound(Price))),
  plans: sound(
    z.record(
      z.string(),
      z.catch(
        z.object({
          throttle: sound(Throttle),
          models: z.catch(z.array(sound(z.string())), []),
          maxTokens: sound(positiveInteger),
          limits: sound(LimitsSchema),
          limitsPerPerson: sound(LimitsSchema),
          limitsPerCustomer: sound(LimitsSchema),
          limitsPerModel: sound(z.record(z.string(), sound(LimitsSchema))),
          guardrail: sound(PlanGuardrail),
        }),
        { models: [] },
      ),
    ),
  ),
  teams: sound(
    z.record(
      z.string(),
      z.catch(
        z.object({
          plan: sound(z.string()),
          keys: z.catch(z.array(sound(Key)), []),
          notify: sound(Notify),
        }),
        { keys: [] },
      ),
    ),
  ),
});

function faultyModel(value: unknown): FaultyModel {
  const { data } = z.safeParse(z.object({ alias: z.string() }), value);
  return { alias: typeof value === 'string' ? value : data?.alias, atFault: true };
}

/** Finds what contradicts each other in a config, whatever else is wrong with it. */
function contradictions(config: unknown): z.core.$ZodIssue[] {
  const { data } = z.safeParse(Comparable, config);
  if (!data) return [];
  const found = [
    ...checkReferences(data),
    ...checkPrices(data),
    ...checkGuardrails(data),
    ...checkStageThrottle(data),
    ...checkPromptLog(data),
    ...checkKmsKey(data),
    ...checkPlanTag(data),
    ...checkNetwork(data),
    ...checkNotify(data),
  ];
  return found.map(({ path, message }) => ({ code: 'custom', path: [...path], message, input: config }));
}

/** A checked config with every default filled in. */
export type ProxyConfig = z.output<typeof ProxyConfig>;

/** Name of the stack that a config is deployed as: no other `name` and `stage` make the same. */
export function stackNameOf({ name, stage }: Pick<ProxyConfig, 'name' | 'stage'>): string {
  return `${name}-${stage}`;
}

/** Description of that stack, by which it is known among the stacks of an account. */
export function stackDescriptionOf({ name, stage }: Pick<ProxyConfig, 'name' | 'stage'>): string {
  return `Amazon Bedrock by API key, within limits: ${name}, stage ${stage}`;
}

/** Name of the log group of the function that answers, which has a line for each request. */
export function requestLogGroupOf(config: Pick<ProxyConfig, 'name' | 'stage'>): string {
  return `/aws/lambda/${stackNameOf(config)}`;
}

/** Name of the log group of the function that checks credentials, if the deployment has one. */
export function authorizerLogGroupOf(config: Pick<ProxyConfig, 'name' | 'stage'>): string {
  return `${requestLogGroupOf(config)}-authorizer`;
}

/** Name of the log group of API Gateway's access log, with `accessLog`. */
export function accessLogGroupOf(config: Pick<ProxyConfig, 'name' | 'stage'>): string {
  return `/aws/apigateway/${stackNameOf(config)}`;
}

/**
 * States a config with types that know its own aliases and plans, and checks it.
 *
 * @throws {ConfigError} As {@link parseProxyConfig}.
 */
export function defineProxyConfig<const Models extends readonly AuthoredModel[], PlanName extends string>(
  config: AuthoredProxyConfig<Models, PlanName>,
): ProxyConfig {
  return parseProxyConfig(config);
}

/**
 * Checks a config from anywhere and fills in its defaults. A checked config passes unchanged.
 *
 * @throws {ConfigError} Naming every field at fault and the fix, all at once: fields of the wrong kind, names that lead
 *   nowhere, limits that cannot hold, throttles that contradict each other and guardrails of another Region.
 */
export function parseProxyConfig(config: unknown): ProxyConfig {
  const { data, error } = z.safeParse(ProxyConfig, config, { reportInput: true });
  const issues = [...(error?.issues ?? []), ...contradictions(config)];
  if (!data || issues.length > 0) throw new ConfigError(describeIssues(issues, ProxyConfig));
  return data;
}

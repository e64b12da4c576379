import { type Limits, LimitsSchema } from '@org/contract';
import { OfferedModel, Price } from '@org/models';
import * as z from 'zod/mini';

/**
 * A Bedrock Guardrail: its id or ARN, and its version.
 *
 * @see https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails.html
 */
export interface Guardrail {
  /** Its id, such as `gr1a2b3c4d5e`, or its ARN. */
  id: string;
  /** A version number, such as `1`, or `DRAFT`. */
  version: string;
}

export const Guardrail = z.strictObject({
  id: z
    .string()
    .check(
      z.regex(
        /^(?:[a-z0-9]+|arn:aws[a-z-]*:bedrock:[a-z0-9-]+:\d{12}:guardrail\/[a-z0-9]+)$/,
        'must be the id or the ARN of a guardrail',
      ),
    ),
  version: z.string().check(z.regex(/^(?:[1-9]\d{0,7}|DRAFT)$/, 'must be the number of a version, or DRAFT')),
}) satisfies z.ZodMiniType<Guardrail>;

/** Limits of everybody and everything within a team, each on its own. Left out: there are none, and nothing is counted. */
export interface MemberLimits {
  /** Of each person who signs in. */
  limitsPerPerson?: Limits | undefined;
  /** Of each customer that requests name. Requests that name none count together. */
  limitsPerCustomer?: Limits | undefined;
  /** Of the team's use of a model, by alias. */
  limitsPerModel?: Record<string, Limits> | undefined;
}

const memberLimits = {
  limitsPerPerson: z.optional(LimitsSchema),
  limitsPerCustomer: z.optional(LimitsSchema),
  limitsPerModel: z.optional(z.record(z.string(), LimitsSchema)),
} satisfies Record<keyof MemberLimits, z.ZodMiniType>;

/** What a plan means to the function; its throttle and quota are API Gateway's. */
export interface PlanAccess extends MemberLimits {
  /** Aliases that the plan's teams may ask. */
  models: string[];
  /** The most output tokens that one ask may have. Left out: the model's own limit. */
  maxTokens?: number | undefined;
  /** Whether a call that asks for more is lowered to it, and not refused. Left out: it is refused. */
  clampMaxTokens?: boolean | undefined;
  /** What each team of the plan may use. Left out: nothing is counted; `{}`: counted and not limited. */
  limits?: Limits | undefined;
  /** Over how many items of the table the counters of each team are spread. Left out: one. */
  shards?: number | undefined;
  /** Applied to every question and answer of the plan's teams. Left out: none is. */
  guardrail?: Guardrail | undefined;
  /** Ids of the application inference profiles that the plan's calls go through, by alias. Left out: none. */
  inferenceProfiles?: Record<string, string> | undefined;
}

/** The bucket of the prompt log. */
export interface PromptLogAccess {
  /** Its host name, such as `prompts.s3.us-east-1.amazonaws.com`. */
  host: string;
  /** Plans whose calls are kept. Left out: all. */
  plans?: string[] | undefined;
}

/** What an API key stands for. */
export interface KeyAccess {
  team: string;
  /** What the key may use, on top of its team's limits. */
  limits?: Limits | undefined;
}

/**
 * What the deployment gives the function, as JSON: in the file `config.json` beside its code, and whole in the
 * environment variable `PROXY_CONFIG` as well if it fits into Lambda's 4 KB. The stack writes it with this schema and the
 * function reads it with this schema. The file has a tag in place of each id that API Gateway or Bedrock gives: of API keys,
 * of inference profiles, of the start of their ARNs, of the bucket of prompts, and of the topic of notices.
 */
export interface ProxyEnvironment {
  /** Namespace of the CloudWatch metrics. */
  metrics: string;
  /** Origins whose web pages may read answers; `*` for all. Left out: none. */
  cors?: { origins: string[] } | undefined;
  /** The time zone of the limits' windows, such as `Europe/Berlin`. Left out: UTC. */
  timeZone?: string | undefined;
  /** The shares of a limit from which it is nearly used up, in percent. Left out: 80 and 95. */
  warnAt?: number[] | undefined;
  /** Whether a global inference profile may be used, so that any commercial Region may answer. Default: false. */
  globalInference?: boolean | undefined;
  models: OfferedModel[];
  /** Other names of models: name to alias. */
  aliases?: Record<string, string> | undefined;
  /** Prices that take the place of the catalogue's, by alias. */
  prices?: Record<string, Price> | undefined;
  plans: Record<string, PlanAccess>;
  /** Start of the ARNs of the plans' inference profiles, before their ids. Left out: no plan has any. */
  inferenceProfileArn?: string | undefined;
  /** Where prompts and answers are kept. Left out: nowhere. */
  promptLog?: PromptLogAccess | undefined;
  /** ARN of the topic of notices about limits. Left out: there are none. */
  noticeTopic?: string | undefined;
  /** Whether the calls that X-Ray samples are traced. Default: false. */
  traces?: boolean | undefined;
  /** Team to plan. */
  teams: Record<string, string>;
  /** Each API key's caller by the key's id (never its value); only the team if the key itself has no limits. */
  keys: Record<string, string | KeyAccess>;
}

const planAccess = {
  models: z.array(z.string()),
  maxTokens: z.optional(z.int().check(z.minimum(1))),
  clampMaxTokens: z.optional(z.boolean()),
  limits: z.optional(LimitsSchema),
  shards: z.optional(z.int().check(z.minimum(1))),
  ...memberLimits,
  guardrail: z.optional(Guardrail),
};

/** A plan that was made at run time: it has no inference profiles, which only a deployment makes. */
export type RunTimePlan = z.output<typeof RunTimePlan>;
export const RunTimePlan = z.strictObject(
  planAccess satisfies Record<keyof Omit<PlanAccess, 'inferenceProfiles'>, z.ZodMiniType>,
);

export const ProxyEnvironment = z.strictObject({
  metrics: z.string(),
  cors: z.optional(z.strictObject({ origins: z.array(z.string()) })),
  timeZone: z.optional(z.string()),
  warnAt: z.optional(z.array(z.number())),
  globalInference: z.optional(z.boolean()),
  models: z.array(OfferedModel),
  aliases: z.optional(z.record(z.string(), z.string())),
  prices: z.optional(z.record(z.string(), Price)),
  plans: z.record(
    z.string(),
    z.strictObject({
      ...planAccess,
      inferenceProfiles: z.optional(z.record(z.string(), z.string())),
    } satisfies Record<keyof PlanAccess, z.ZodMiniType>),
  ),
  inferenceProfileArn: z.optional(z.string()),
  promptLog: z.optional(
    z.strictObject({ host: z.string(), plans: z.optional(z.array(z.string())) } satisfies Record<
      keyof PromptLogAccess,
      z.ZodMiniType
    >),
  ),
  noticeTopic: z.optional(z.string()),
  traces: z.optional(z.boolean()),
  teams: z.record(z.string(), z.string()),
  keys: z.record(
    z.string(),
    z.union([
      z.string(),
      z.strictObject({ team: z.string(), limits: z.optional(LimitsSchema) } satisfies Record<
        keyof KeyAccess,
        z.ZodMiniType
      >),
    ]),
  ),
} satisfies Record<keyof ProxyEnvironment, z.ZodMiniType>) satisfies z.ZodMiniType<ProxyEnvironment>;

/** Names of the environment variables that the stack sets. */
export const environmentVariables = {
  /** A {@link ProxyEnvironment} as JSON. Left out if it is too large: then `config.json` and `ids` say the same. */
  config: 'PROXY_CONFIG',
  /** What the tags in `config.json` stand for: `tag=id,tag=id`. Only a deployment knows the ids. */
  ids: 'PROXY_IDS',
  /** Name of the DynamoDB table of counters and run-time keys. */
  table: 'PROXY_TABLE',
} as const;

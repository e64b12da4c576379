import * as z from 'zod/mini';
import { correction } from './correction.ts';
import type { Reference } from './references.ts';

/** The rules of a company for the IAM roles of its accounts. */
export interface RolesConfig {
  /**
   * Path of every role and managed policy, such as `/llm/`, so that the company's own policies can name them. Default: `/`.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
   */
  path?: string | undefined;
  /**
   * The managed policy that bounds what every role may do: its ARN, or its name in the deployment's account, with its path.
   * It must allow what the functions do, which the page about company accounts lists. Default: none.
   *
   * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
   */
  permissionsBoundary?: string | undefined;
}

/** A log of prompts and answers in a bucket of the deployment's account. */
export interface PromptLogConfig {
  /** Days that a call is kept; then S3 deletes it. 1 to 3,650. */
  retentionDays: number;
  /** Plans whose calls are kept. Default: all. */
  plans?: readonly string[] | undefined;
}

/** How a deployment follows the rules of a company for its accounts. Each is off by default. */
export interface AccountConfig {
  /** The path and the permissions boundary of all roles. They cost nothing. Default: neither. */
  roles?: RolesConfig | undefined;
  /**
   * The KMS key for the table, the logs, the prompt log and all notices: the ARN of a symmetric key of the
   * deployment's Region, or `create` for a new one that AWS rotates every year. A key costs 1 USD a month, and 0.03 USD for
   * 10,000 requests. A key that exists must have a policy that lets CloudWatch Logs, CloudWatch and DynamoDB use it.
   * Default: keys of AWS, which cost nothing.
   *
   * @see https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/encryption.usagenotes.html
   * @see https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html
   * @see https://aws.amazon.com/kms/pricing/
   */
  kmsKey?: 'create' | (string & {}) | undefined;
  /**
   * Whether AWS's bill shows the cost of models by plan: each plan's calls then go through its own application inference
   * profiles, one for each model, with the tag `Plan`. Give a team its own plan to see its cost alone. Activate the tag in the
   * billing console. Imported models have no profile. Profiles cost nothing. Default: false.
   *
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-create.html
   * @see https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/cost-alloc-tags.html
   */
  costByPlan?: boolean | undefined;
  /**
   * Keeps the prompt and the answer of each call in a bucket of the deployment's account: one JSON object for each call,
   * written after the answer has gone out, without images and files. Everyone who may read the bucket can read the prompts.
   * S3 costs 5.00 USD for a million calls, and 0.023 USD a month for each GB. Default: no prompt is kept anywhere.
   *
   * @see https://aws.amazon.com/s3/pricing/
   */
  promptLog?: PromptLogConfig | undefined;
  /**
   * Whether AWS X-Ray traces requests: their path through API Gateway and the functions, and how long it takes to reserve the
   * limits, to wait for the model and to settle. X-Ray's sampling rules say how many requests are traced. No prompt, answer
   * or key is in a trace. 100,000 traces a month are free in an account; a million more cost 5.00 USD. Default: false.
   *
   * @see https://docs.aws.amazon.com/xray/latest/devguide/xray-console-sampling.html
   * @see https://aws.amazon.com/xray/pricing/
   */
  traces?: boolean | undefined;
}

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const path = z
  .string()
  .check(
    z.regex(/^\/(?:[\w+=,.@-]+\/)*$/, 'must begin and end with /, such as /llm/'),
    z.maxLength(512, 'must have at most 512 characters, says AWS IAM'),
  );

const permissionsBoundary = z
  .string()
  .check(
    z.regex(
      /^(?:arn:aws[a-z-]*:iam::(?:\d{12}|aws):policy\/)?(?:[\w+=,.@-]+\/)*[\w+=,.@-]{1,128}$/,
      'must be the name or the ARN of a managed policy',
    ),
  );

/** CloudWatch Logs takes no alias. */
const kmsKey = z
  .string()
  .check(
    z.regex(
      /^(?:create|arn:aws[a-z-]*:kms:[a-z0-9-]+:\d{12}:key\/(?:mrk-[0-9a-f]{32}|[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}))$/,
      'must be the ARN of a KMS key, or create',
    ),
  );

const retentionDays = z
  .int()
  .check(z.minimum(1, 'must be at least 1'), z.maximum(3650, 'must be at most 3,650, which are ten years'));

/** Finds a key that the services of the Region cannot use. */
export function* checkKmsKey({
  region,
  kmsKey,
}: {
  readonly region?: string | undefined;
  readonly kmsKey?: string | undefined;
}): Iterable<Reference> {
  const [, home = region] = kmsKey?.match(/^arn:[^:]+:kms:([^:]+):/) ?? [];
  if (region !== undefined && home !== region) {
    const message = `is a key in ${home}, but the deployment is in ${region}; give a key in ${region}`;
    yield { path: ['kmsKey'], message };
  }
}

/** The tag of a plan's inference profiles. */
export const planTag = 'Plan';

/** Finds a tag of the whole deployment that would stand for a plan. */
export function* checkPlanTag({
  costByPlan,
  tags = {},
}: {
  readonly costByPlan: boolean;
  readonly tags?: Readonly<Record<string, string | undefined>> | undefined;
}): Iterable<Reference> {
  if (costByPlan && Object.hasOwn(tags, planTag)) {
    yield {
      path: ['tags', planTag],
      message: 'is the tag that costByPlan sets from the plan; choose another key',
    };
  }
}

/** Finds plans of the prompt log that do not exist. */
export function* checkPromptLog({
  promptLog,
  plans = {},
}: {
  readonly promptLog?: Pick<PromptLogConfig, 'plans'> | undefined;
  readonly plans?: Readonly<Record<string, unknown>> | undefined;
}): Iterable<Reference> {
  const names = Object.keys(plans);
  for (const [index, plan] of (promptLog?.plans ?? []).entries()) {
    if (names.length === 0 || names.includes(plan)) continue;
    const remedy = correction(plan, names, `choose from ${names.join(', ')}`);
    yield { path: ['promptLog', 'plans', index], message: `there is no plan "${plan}"; ${remedy}` };
  }
}

/** The fields of a config that are about its account. */
export const accountFields = {
  roles: z.optional(
    z.strictObject({
      path: z.optional(path),
      permissionsBoundary: z.optional(permissionsBoundary),
    } satisfies Record<keyof RolesConfig, z.ZodMiniType>),
  ),
  kmsKey: z.optional(kmsKey),
  costByPlan: z._default(z.boolean(), false),
  promptLog: z.optional(
    z.strictObject({
      retentionDays,
      plans: z.optional(
        z.array(z.string()).check(z.minLength(1, 'must name at least one plan; or leave it out, for all')),
      ),
    } satisfies Record<keyof PromptLogConfig, z.ZodMiniType>),
  ),
  traces: z._default(z.boolean(), false),
} satisfies Record<keyof AccountConfig, z.ZodMiniType>;

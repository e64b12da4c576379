import * as z from 'zod/mini';
import { Email } from './notify.ts';
import { Throttle } from './throttle.ts';

/** Alarms, and where they go. */
export interface AlarmsConfig {
  /**
   * Address that gets a mail for every alarm, after its owner has confirmed the subscription. Default: none; alarms are
   * in CloudWatch, and anything may subscribe to their topic.
   */
  email?: string | undefined;
}

/** A web application firewall in front of the API. */
export interface WafConfig {
  /**
   * Requests that one address may make in five minutes, with any keys. Default: as many as the plans promise to the keys of
   * the config together, or to one key of the fastest plan if that is more. Keys made at run time do not raise it: if many
   * of them call from one address, set what they need together.
   */
  rateLimit?: number | undefined;
}

/** Which web pages may call the API. */
export interface CorsConfig {
  /** Origins such as `https://app.example.com`. Each is named, because the key is for known pages: `*` is refused. */
  origins: readonly string[];
}

/** How a deployment is monitored, kept and protected. May differ from stage to stage. */
export interface OperationsConfig {
  /**
   * Whether there are alarms: `true`, their settings, or `false`. They use nine of CloudWatch's ten free alarm metrics per
   * month, so a second deployment's alarms cost about 0.80 USD a month. Default: true.
   *
   * @see https://aws.amazon.com/cloudwatch/pricing/
   */
  alarms?: boolean | AlarmsConfig | undefined;
  /**
   * The shares of a limit from which answers have a warning, in percent of the limit: whole numbers from 1 to 100. The alarm
   * `limit-nearly-reached` rings at the same shares. `[]` for no warnings. Default: `[80, 95]`.
   */
  warnAt?: readonly number[] | undefined;
  /**
   * Whether there is a dashboard. An account's first three are free; each further one costs 3 USD a month. Default: true.
   *
   * @see https://aws.amazon.com/cloudwatch/pricing/
   */
  dashboard?: boolean | undefined;
  /**
   * A ceiling on the calls in flight. It is reserved, so the account's other functions have that many fewer; 0 stops every
   * call. The deployment leaves it off if the account has too few, as a new account with a limit of 10. Default: no
   * ceiling.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
   */
  concurrency?: number | undefined;
  /**
   * Memory of the function in MB, 128 to 10,240. Lambda gives CPU in proportion, and bills memory by the time that a call
   * takes, most of which is waiting for the model. Default: 512.
   *
   * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html
   */
  memoryMb?: number | undefined;
  /**
   * How fast all keys together may ask, including keys made at run time. It must be at least as fast as the fastest plan.
   * API Gateway applies it to each route of the stage. Default: AWS's default for an account, 10,000 requests a second and
   * 5,000 at once, or what the plans promise to the keys of the config if that is more. A lower account limit applies too.
   *
   * @see https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
   */
  stageThrottle?: Throttle | undefined;
  /**
   * What happens to the table of counters, teams and keys when the stack is deleted. `retain`: it stays, protected against
   * deletion, so you can read it. `destroy`: it is deleted too. Either way the next deployment makes a new table: counting
   * starts again at 0, and teams and keys made at run time are gone. Default: `retain`.
   */
  removalPolicy?: 'retain' | 'destroy' | undefined;
  /**
   * Tags on every resource that takes tags, in addition to `Application` and `Stage`, and on the keys that commands make.
   * Dashboards are the exception. Tags cost nothing. Default: none.
   *
   * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/tagging.html
   */
  tags?: Readonly<Record<string, string>> | undefined;
  /**
   * Whether AWS WAF is in front of the API: `true`, its settings, or `false`. It costs about 7 USD a month while idle.
   * Default: false.
   *
   * @see https://aws.amazon.com/waf/pricing/
   */
  waf?: boolean | WafConfig | undefined;
  /** Web pages that may call the API from the browser, where every visitor can see the key. Default: none. */
  cors?: CorsConfig | undefined;
}

/** `true` stands for settings that are all left out. */
const switchable = <Settings extends object>(settings: z.ZodMiniType<Settings>) =>
  z.pipe(
    z.union([settings, z.boolean()]),
    z.transform((value): Partial<Settings> | false => (value === true ? {} : value)),
  );

const text = (pattern: RegExp, rule: string) => z.string().check(z.regex(pattern, rule));

const warnAt = z
  .array(
    z
      .int()
      .check(
        z.minimum(1, 'must be at least 1, in percent of a limit'),
        z.maximum(100, 'must be at most 100, in percent of a limit'),
      ),
  )
  .check(z.refine((shares) => new Set(shares).size === shares.length, 'must not have a share twice'));

const concurrency = z.int().check(z.minimum(0, 'must be a whole number of 0 or more'));

const memoryMb = z
  .int()
  .check(
    z.minimum(128, 'must be at least 128 MB, the least that AWS Lambda takes'),
    z.maximum(10_240, 'must be at most 10,240 MB, the most that AWS Lambda takes'),
  );

/** https://docs.aws.amazon.com/waf/latest/APIReference/API_RateBasedStatement.html */
const rateLimit = z
  .int()
  .check(
    z.minimum(10, 'must be at least 10, says AWS WAF'),
    z.maximum(2_000_000_000, 'must be at most 2,000,000,000'),
  );

const origin = text(
  /^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?$/,
  'must be an origin such as https://app.example.com, without a path; name each one, because * would let every page call',
);

const origins = z.array(origin).check(z.minLength(1, 'must have at least one origin'));

/** The characters that every service here takes: https://docs.aws.amazon.com/apigateway/latest/api/API_Tag.html */
const tagKey = text(
  /^(?!aws:)[\w.:/=+-]{1,128}$/i,
  'must have 1 to 128 letters, digits and _.:/=+- and must not start with aws:',
).check(
  z.refine(
    (key) => key !== 'Application' && key !== 'Stage',
    'is set from the name and the stage; choose another key',
  ),
  z.refine((key) => !/^(?:Fn::|Ref$)/.test(key), 'is a function of CloudFormation; choose another key'),
);
const tagValue = text(/^[\w.:/=+-]{0,256}$/, 'must have at most 256 letters, digits and _.:/=+-');

/** The fields of a config that are about its operation. */
export const operationsFields = {
  alarms: z._default(switchable(z.strictObject({ email: z.optional(Email) })), {}),
  warnAt: z.optional(warnAt),
  dashboard: z._default(z.boolean(), true),
  concurrency: z.optional(concurrency),
  memoryMb: z._default(memoryMb, 512),
  stageThrottle: z.optional(Throttle),
  removalPolicy: z._default(z.enum(['retain', 'destroy']), 'retain'),
  // A resource takes 50.
  tags: z.optional(
    z
      .record(tagKey, tagValue)
      .check(z.refine((tags) => Object.keys(tags).length <= 48, 'must have at most 48 tags')),
  ),
  waf: z._default(switchable(z.strictObject({ rateLimit: z.optional(rateLimit) })), false),
  cors: z.optional(z.strictObject({ origins })),
} satisfies Record<keyof OperationsConfig, z.ZodMiniType>;

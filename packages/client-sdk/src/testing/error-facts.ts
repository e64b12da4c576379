import { type ErrorCode, type ErrorDetails, RequestIssuesSchema } from '@org/contract';

/** Those of the errors that a request of the client's may meet. */
type MetDetails = Omit<ErrorDetails, 'unsupported_feature'>;

/** The default `details` of an error: what the proxy might send. */
const defaultDetails: MetDetails = {
  invalid_request: {
    issues: [{ path: 'maxTokens', message: 'must be at most 10000, the most that the model allows' }],
  },
  unknown_model: { available: ['nova-micro', 'nova-pro'] },
  model_not_allowed: { available: ['nova-micro', 'nova-pro'] },
  exceeds_limit: { limit: 'tokens', period: 'day', scope: 'key', max: 1000, needed: 1500 },
  quota_exceeded: {
    limit: 'requests',
    period: 'day',
    scope: 'key',
    max: 100,
    used: 100,
    // Computed when it is sent, so that it is in the future in every test, also with a fake clock.
    get resetsAt() {
      return endOfDay(new Date()).toISOString();
    },
  },
  rate_limited: {
    limit: 'requests',
    period: 'minute',
    scope: 'key',
    max: 60,
    used: 60,
    get resetsAt() {
      return endOfMinute(Date.now()).toISOString();
    },
  },
  invalid_output: {
    stopReason: 'end_turn',
    issues: [{ path: 'label', message: 'Instance type "number" is invalid. Expected "string".' }],
  },
};

/** The field at fault, for the codes where the proxy always names one. */
const defaultParams: Partial<Record<ErrorCode, string>> = {
  unsupported_feature: 'outputSchema',
  unknown_model: 'model',
  model_not_allowed: 'model',
};

/**
 * The `details` to send: the default ones with those given; none if `null` is given, or the code does not have any. Most
 * errors with `rate_limited` have none, so it has them only if some are given.
 */
export function detailsOf(code: ErrorCode, given: object | null | undefined): object | null | undefined {
  if (code === 'rate_limited' && given === undefined) return undefined;
  const usual = hasDetails(code) ? defaultDetails[code] : undefined;
  return given === null ? null : usual && { ...usual, ...given };
}

/** The field at fault. For `invalid_request` it is the one of the first issue. */
export function paramOf(code: ErrorCode, details: unknown): string | undefined {
  return code === 'invalid_request'
    ? RequestIssuesSchema.safeParse(details).data?.issues[0]?.path
    : defaultParams[code];
}

function hasDetails(code: ErrorCode): code is keyof MetDetails {
  return Object.hasOwn(defaultDetails, code);
}

function endOfMinute(now: number): Date {
  return new Date((Math.floor(now / 60_000) + 1) * 60_000);
}

function endOfDay(moment: Date): Date {
  return new Date(Date.UTC(moment.getUTCFullYear(), moment.getUTCMonth(), moment.getUTCDate() + 1));
}

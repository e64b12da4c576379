import { type ResponseType, responseTypes } from './response-types.ts';

/** Why API Gateway answers a request itself, in place of the integration. */
export interface Refusal {
  readonly type: ResponseType;
  /** The status that AWS sends where the API's gateway responses do not say otherwise. */
  readonly status: number;
  /** `$context.error.message`. */
  readonly message: string | null;
  /** `$context.error.validationErrorString`. */
  readonly validationErrors?: string;
}

/** The types that have a status of their own. */
export type CaseType = Exclude<ResponseType, 'DEFAULT_4XX' | 'DEFAULT_5XX'>;

export function refusal(
  type: CaseType,
  detail: { message?: string; validationErrors?: string } = {},
): Refusal {
  const { status, message } = responseTypes[type];
  return { type, status, message, ...detail };
}

/** A failed integration: 502 where the function failed, 500 where it could not be invoked. */
export function integrationRefusal(status: 500 | 502): Refusal {
  return { type: 'DEFAULT_5XX', status, message: responseTypes.DEFAULT_5XX.message };
}

import { type ResponseType, responseTypes } from './response-types.ts';

/** The reason why API Gateway answers a request itself, without the integration. */
export interface Refusal {
  readonly type: ResponseType;
  /** AWS's status, if the API's gateway responses set no other. */
  readonly status: number;
  /** `$context.error.message`. */
  readonly message: string | null;
  /** `$context.error.validationErrorString`. */
  readonly validationErrors?: string;
}

/** The types that have their own status. */
export type CaseType = Exclude<ResponseType, 'DEFAULT_4XX' | 'DEFAULT_5XX'>;

export function refusal(
  type: CaseType,
  detail: { message?: string; validationErrors?: string } = {},
): Refusal {
  const { status, message } = responseTypes[type];
  return { type, status, message, ...detail };
}

/** A failed integration: 502 if the function failed, 500 if it could not be invoked. */
export function integrationRefusal(status: 500 | 502): Refusal {
  return { type: 'DEFAULT_5XX', status, message: responseTypes.DEFAULT_5XX.message };
}

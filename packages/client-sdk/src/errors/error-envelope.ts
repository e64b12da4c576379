import type { ErrorDetails, ErrorEnvelope } from '@org/contract';
import {
  anything,
  date,
  ifShaped,
  list,
  literal,
  nullable,
  number,
  object,
  optional,
  text,
} from '../answer/shape.ts';
import type { Issue, QuotaFacts } from './errors.ts';

/** Reads an envelope tolerantly: a newer server may add fields, codes and types. */
export const readErrorEnvelope = object<ErrorEnvelope>({
  type: literal('error'),
  error: object<ErrorEnvelope['error']>({
    type: text,
    code: text,
    message: text,
    param: optional(nullable(text)),
    details: optional(anything),
  }),
  request_id: optional(nullable(text)),
});

/** The `details` that list faults. */
export const readIssues = object<{ issues: Issue[] }>({
  issues: list(object<Issue>({ path: text, message: text })),
});

/** The `details` that list models. */
export const readAvailable = object<{ available: ErrorDetails['unknown_model']['available'] }>({
  available: list(text),
});

/** The `details` of a quota. A kind of limit that this version does not know must not hide the reset. */
export const readQuota = object<QuotaFacts>({
  limit: ifShaped(text),
  period: ifShaped(text),
  scope: ifShaped(text),
  max: ifShaped(number),
  used: ifShaped(number),
  resetsAt: ifShaped(date),
});

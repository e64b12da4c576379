import { AvailableModelsSchema, RequestIssuesSchema } from '@org/contract';
import * as z from 'zod/mini';
import { LimitSchema } from '../answer/limit.ts';
import type { Excess } from './errors.ts';

// z.catch would bring all helpers of zod along: 3 KB compressed.
/** What a schema reads; `undefined` if a value does not fit it. */
const lenient = <Value>(schema: z.ZodMiniType<Value>) =>
  z.optional(z.transform((value: unknown) => schema.safeParse(value).data));

const string = lenient(z.string());
const number = lenient(z.number());

const { limit, period, scope, max } = LimitSchema.shape;

const ExcessSchema = z.object({
  limit,
  period,
  scope,
  max,
  needed: z.number(),
}) satisfies z.ZodMiniType<Excess>;

const DetailsSchema = z.object({
  issues: lenient(RequestIssuesSchema.shape.issues),
  available: lenient(AvailableModelsSchema.shape.available),
  stopReason: string,
  limit: string,
  period: string,
  scope: string,
  max: number,
  used: number,
  allowedNow: number,
  resetsAt: lenient(LimitSchema.shape.resetsAt),
});

/** What the `details` of an error may say, whatever its code. */
export type ErrorDetails = z.infer<typeof DetailsSchema> & { readonly excess?: Excess | undefined };

/** Reads what is known. A part of another shape, as from a newer proxy, does not hide the others. */
export function readDetails(details: unknown): ErrorDetails {
  return { ...DetailsSchema.safeParse(details).data, excess: ExcessSchema.safeParse(details).data };
}

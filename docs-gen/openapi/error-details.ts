import {
  AvailableModelsSchema,
  type ErrorDetails,
  LimitStatusSchema,
  RequestIssuesSchema,
} from '@org/contract';
import * as z from 'zod/mini';

export const QuotaDetailsSchema = z.pick(LimitStatusSchema, {
  limit: true,
  period: true,
  scope: true,
  max: true,
  used: true,
  resetsAt: true,
});

export const RateDetailsSchema = z.extend(
  z.pick(LimitStatusSchema, { limit: true, scope: true, max: true, used: true }),
  { allowedNow: z.optional(z.number()), period: z.optional(z.string()), resetsAt: z.optional(z.string()) },
);

export const ExcessDetailsSchema = z.extend(
  z.pick(LimitStatusSchema, { limit: true, period: true, scope: true, max: true }),
  { needed: z.number() },
);

export const UnsupportedDetailsSchema = z.object({
  error_code: z.string(),
  unsupported: z.array(z.string()),
});

export const OutputDetailsSchema = z.object({
  stopReason: z.string(),
  issues: RequestIssuesSchema.shape.issues,
});

/** The schemas of `details`, by the codes that have any. */
export const errorDetails = {
  invalid_request: RequestIssuesSchema,
  unsupported_feature: UnsupportedDetailsSchema,
  unknown_model: AvailableModelsSchema,
  model_not_allowed: AvailableModelsSchema,
  exceeds_limit: ExcessDetailsSchema,
  quota_exceeded: QuotaDetailsSchema,
  rate_limited: RateDetailsSchema,
  invalid_output: OutputDetailsSchema,
} satisfies {
  [Code in keyof ErrorDetails]: z.ZodMiniType<{ [Field in keyof ErrorDetails[Code]]: unknown }>;
};

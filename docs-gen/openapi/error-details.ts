import { AvailableModels, type ErrorDetails, LimitStatusSchema, type RequestIssues, RequestIssuesSchema } from '@org/contract';
import * as z from 'zod/mini';

export const QuotaDetails = z.pick(LimitStatusSchema, {
  limit: true,
  period: true,
  scope: true,
  max: true,
  used: true,
  resetsAt: true,
});

export const ExcessDetails = z.extend(
  z.pick(LimitStatusSchema, { limit: true, period: true, scope: true, max: true }),
  { needed: z.number() },
);

export const OutputDetails = z.object({ stopReason: z.string(), issues: RequestIssuesSchema.shape.issues });

/** The schemas of `details`, by the codes that have any. */
export const errorDetails = {
  invalid_request: RequestIssues,
  unknown_model: AvailableModels,
  model_not_allowed: AvailableModels,
  exceeds_limit: ExcessDetails,
  quota_exceeded: QuotaDetails,
  invalid_output: OutputDetails,
} satisfies { [Code in keyof ErrorDetails]: z.ZodMiniType<Record<keyof ErrorDetails[Code], unknown>> };

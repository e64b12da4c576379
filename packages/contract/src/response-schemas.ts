import * as z from 'zod/mini';
import type { AvailableModels, ErrorEnvelope, RequestIssue, RequestIssues } from './errors.ts';
import type { Fields } from './fields.ts';
import type {
  Answer,
  LimitStatus,
  ModelList,
  ModelSummary,
  StreamDelta,
  StreamDone,
  StreamEvent,
  StreamStart,
  Usage,
  UsageReport,
} from './types.ts';

// Tolerant, all of them: fields that a newer proxy adds are dropped.

const tokens = z.int().check(z.minimum(0));

export const UsageSchema = z.object({
  inputTokens: tokens,
  outputTokens: tokens,
  totalTokens: tokens,
  cacheReadTokens: z.optional(tokens),
  cacheWriteTokens: z.optional(tokens),
  costUsd: z.optional(z.number()),
} satisfies Fields<Usage>);

export const LimitStatusSchema = z.object({
  limit: z.string(),
  period: z.string(),
  scope: z.string(),
  max: z.number(),
  used: z.number(),
  remaining: z.number(),
  resetsAt: z.string(),
} satisfies Fields<LimitStatus>);

/** What an answer and the last event of a stream both say. */
const ending = {
  output: z.optional(z.unknown()),
  stopReason: z.string(),
  usage: UsageSchema,
  limits: z.array(LimitStatusSchema),
};

export const AnswerSchema = z.object({
  id: z.string(),
  model: z.string(),
  modelId: z.string(),
  text: z.string(),
  ...ending,
} satisfies Fields<Answer>);

export const UsageReportSchema = z.object({
  limits: z.array(LimitStatusSchema),
} satisfies Fields<UsageReport>);

export const ModelListSchema = z.object({
  models: z.array(
    z.object({
      alias: z.string(),
      modelId: z.string(),
      capabilities: z.array(z.string()),
      contextTokens: z.optional(z.number()),
      maxOutputTokens: z.number(),
      lifecycle: z.object({ status: z.string(), endOfLife: z.optional(z.string()) } satisfies Fields<
        ModelSummary['lifecycle']
      >),
      price: z.optional(
        z.object({ input: z.number(), output: z.number() } satisfies Fields<
          NonNullable<ModelSummary['price']>
        >),
      ),
    } satisfies Fields<ModelSummary>),
  ),
} satisfies Fields<ModelList>);

export const ErrorEnvelopeSchema = z.object({
  type: z.literal('error'),
  error: z.object({
    type: z.string(),
    code: z.string(),
    message: z.string(),
    param: z.optional(z.nullable(z.string())),
    details: z.optional(z.unknown()),
  } satisfies Fields<ErrorEnvelope['error']>),
  request_id: z.optional(z.nullable(z.string())),
} satisfies Fields<ErrorEnvelope>);

/** The `details` of a code that lists faults. */
export const RequestIssuesSchema = z.object({
  issues: z.array(z.object({ path: z.string(), message: z.string() } satisfies Fields<RequestIssue>)),
} satisfies Fields<RequestIssues>);

/** The `details` of a code that lists models. */
export const AvailableModelsSchema = z.object({
  available: z.array(z.string()),
} satisfies Fields<AvailableModels>);

export const StreamStartSchema = z.object({
  type: z.literal('start'),
  id: z.string(),
  model: z.string(),
  modelId: z.string(),
} satisfies Fields<StreamStart>);

export const StreamDeltaSchema = z.object({
  type: z.literal('delta'),
  text: z.string(),
} satisfies Fields<StreamDelta>);

export const StreamDoneSchema = z.object({
  type: z.literal('done'),
  ...ending,
} satisfies Fields<StreamDone>);

/** Readers skip events of types that they do not know. */
export const StreamEventSchema = z.discriminatedUnion('type', [
  StreamStartSchema,
  StreamDeltaSchema,
  StreamDoneSchema,
  ErrorEnvelopeSchema,
]) satisfies z.ZodMiniType<StreamEvent>;

import * as z from 'zod/mini';
import { AnswerBlockSchema } from './answer-block-schema.ts';
import type { AvailableModels, ErrorEnvelope, RequestIssue, RequestIssues } from './errors.ts';
import type { Fields } from './fields.ts';
import type {
  Answer,
  CallsAtOnceStatus,
  Embeddings,
  LimitPace,
  LimitStatus,
  LimitWarning,
  ModelList,
  ModelSummary,
  StreamBlockDelta,
  StreamBlockEnd,
  StreamBlockStart,
  StreamDelta,
  StreamDone,
  StreamEvent,
  StreamStart,
  Usage,
  UsageReport,
} from './types.ts';

// Tolerant, all of them: fields that a newer proxy adds are dropped.

// Shared by all fields, because each schema takes time at a cold start.
const string = z.string();
const number = z.number();
const strings = z.array(string);
const optionalString = z.optional(string);
const nullishString = z.optional(z.nullable(string));
const optionalNumber = z.optional(number);
const optionalUnknown = z.optional(z.unknown());
const tokens = z.int().check(z.minimum(0));
const optionalTokens = z.optional(tokens);

export const UsageSchema = z.object({
  inputTokens: tokens,
  outputTokens: tokens,
  totalTokens: tokens,
  cacheReadTokens: optionalTokens,
  cacheWriteTokens: optionalTokens,
  cacheWrite1hTokens: optionalTokens,
  costUsd: optionalNumber,
} satisfies Fields<Usage>);

export const LimitStatusSchema = z.object({
  limit: string,
  period: string,
  scope: string,
  model: optionalString,
  max: number,
  used: number,
  remaining: number,
  allowedNow: optionalNumber,
  resetsAt: string,
} satisfies Fields<LimitStatus>);

export const LimitWarningSchema = z.object({
  ...LimitStatusSchema.shape,
  threshold: number,
} satisfies Fields<LimitWarning>);

export const LimitPaceSchema = z.object({
  ...LimitStatusSchema.shape,
  lastsUntil: optionalString,
} satisfies Fields<LimitPace>);

/** How the limits stand after a call. */
const standing = {
  limits: z.array(LimitStatusSchema),
  warnings: z.optional(z.array(LimitWarningSchema)),
};

/** The common fields of an answer and of a stream's last event. */
const ending = {
  content: z.array(AnswerBlockSchema),
  output: optionalUnknown,
  stopReason: string,
  maxTokens: optionalNumber,
  usage: UsageSchema,
  ...standing,
};

export const AnswerSchema = z.object({
  id: string,
  model: string,
  modelId: string,
  text: string,
  ...ending,
} satisfies Fields<Answer>);

export const EmbeddingsSchema = z.object({
  id: string,
  model: string,
  modelId: string,
  vectors: z.array(z.array(number)),
  usage: UsageSchema,
  ...standing,
} satisfies Fields<Embeddings>);

export const CallsAtOnceStatusSchema = z.object({
  scope: string,
  model: optionalString,
  max: number,
  inFlight: number,
} satisfies Fields<CallsAtOnceStatus>);

export const UsageReportSchema = z.object({
  limits: z.array(LimitPaceSchema),
  callsAtOnce: z.optional(z.array(CallsAtOnceStatusSchema)),
} satisfies Fields<UsageReport>);

export const ModelListSchema = z.object({
  models: z.array(
    z.object({
      alias: string,
      modelId: string,
      capabilities: strings,
      toolChoices: z.optional(strings),
      reasoning: z.optional(
        z.object({ efforts: strings, default: string } satisfies Fields<
          NonNullable<ModelSummary['reasoning']>
        >),
      ),
      cache: z.optional(
        z.object({ ttls: strings, minimumTokens: number } satisfies Fields<
          NonNullable<ModelSummary['cache']>
        >),
      ),
      serviceTiers: z.optional(strings),
      dimensions: z.optional(z.array(number)),
      contextTokens: optionalNumber,
      maxOutputTokens: number,
      lifecycle: z.object({ status: string, endOfLife: optionalString } satisfies Fields<
        ModelSummary['lifecycle']
      >),
      price: z.optional(
        z.object({
          input: number,
          output: number,
          cacheRead: optionalNumber,
          cacheWrite: optionalNumber,
          cacheWrite1h: optionalNumber,
        } satisfies Fields<NonNullable<ModelSummary['price']>>),
      ),
    } satisfies Fields<ModelSummary>),
  ),
} satisfies Fields<ModelList>);

export const ErrorEnvelopeSchema = z.object({
  type: z.literal('error'),
  error: z.object({
    type: string,
    code: string,
    message: string,
    param: nullishString,
    details: optionalUnknown,
  } satisfies Fields<ErrorEnvelope['error']>),
  request_id: nullishString,
} satisfies Fields<ErrorEnvelope>);

/** The `details` of a code that lists faults. */
export const RequestIssuesSchema = z.object({
  issues: z.array(z.object({ path: string, message: string } satisfies Fields<RequestIssue>)),
} satisfies Fields<RequestIssues>);

/** The `details` of a code that lists models. */
export const AvailableModelsSchema = z.object({
  available: strings,
} satisfies Fields<AvailableModels>);

export const StreamStartSchema = z.object({
  type: z.literal('start'),
  id: string,
  model: string,
  modelId: string,
} satisfies Fields<StreamStart>);

export const StreamDeltaSchema = z.object({
  type: z.literal('delta'),
  text: string,
} satisfies Fields<StreamDelta>);

export const StreamBlockStartSchema = z.object({
  type: z.literal('block_start'),
  block: z.discriminatedUnion('type', [
    z.object({ type: z.literal('tool_use'), id: string, name: string }),
    z.object({ type: z.literal('reasoning') }),
    z.object({ type: z.literal('redacted_reasoning') }),
  ]),
} satisfies Fields<StreamBlockStart>);

export const StreamBlockDeltaSchema = z.object({
  type: z.literal('block_delta'),
  delta: z.discriminatedUnion('type', [
    z.object({ type: z.literal('input'), json: string }),
    z.object({ type: z.literal('reasoning'), text: string }),
  ]),
} satisfies Fields<StreamBlockDelta>);

export const StreamBlockEndSchema = z.object({
  type: z.literal('block_end'),
} satisfies Fields<StreamBlockEnd>);

export const StreamDoneSchema = z.object({
  type: z.literal('done'),
  ...ending,
} satisfies Fields<StreamDone>);

// Marked, so that a bundle of a client that reads events by their type need not have it: esbuild does not look into zod.
/** Readers skip events of types that they do not know. */
export const StreamEventSchema = /* @__PURE__ */ z.discriminatedUnion('type', [
  StreamStartSchema,
  StreamDeltaSchema,
  StreamBlockStartSchema,
  StreamBlockDeltaSchema,
  StreamBlockEndSchema,
  StreamDoneSchema,
  ErrorEnvelopeSchema,
]) satisfies z.ZodMiniType<StreamEvent>;

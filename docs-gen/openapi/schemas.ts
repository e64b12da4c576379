import {
  AnswerBlockSchema,
  AnswerSchema,
  AskRequestSchema,
  AvailableModelsSchema,
  askCapabilities,
  BlockSchema,
  CachePointBlockSchema,
  CallsAtOnceStatusSchema,
  DocumentBlockSchema,
  EmbeddingsSchema,
  EmbedRequestSchema,
  ErrorEnvelopeSchema,
  errorCodes,
  errors,
  ImageBlockSchema,
  JsonBlockSchema,
  LimitPaceSchema,
  LimitStatusSchema,
  LimitWarningSchema,
  limitKinds,
  limitPeriods,
  limitScopes,
  MessageSchema,
  ModelListSchema,
  ReasoningBlockSchema,
  RedactedReasoningBlockSchema,
  RequestIssuesSchema,
  StreamEventSchema,
  TextBlockSchema,
  ToolChoiceSchema,
  ToolResultBlockSchema,
  ToolSchema,
  ToolUseBlockSchema,
  UsageReportSchema,
  UsageSchema,
} from '@org/contract';
import * as z from 'zod/mini';
import type { DocstringOf } from '../docstrings.ts';
import {
  ExcessDetailsSchema,
  errorDetails,
  OutputDetailsSchema,
  QuotaDetailsSchema,
  RateDetailsSchema,
  UnsupportedDetailsSchema,
} from './error-details.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

const [StreamStart, StreamDelta, StreamBlockStart, StreamBlockDelta, StreamBlockEnd, StreamDone] =
  StreamEventSchema._zod.def.options;

/** The document's named schemas, by the names of the contract's types. */
const named: Readonly<Record<string, z.ZodMiniType>> = {
  AskRequest: AskRequestSchema,
  Turn: AskRequestSchema.shape.history._zod.def.innerType._zod.def.element,
  Message: MessageSchema,
  Block: BlockSchema,
  TextBlock: TextBlockSchema,
  ImageBlock: ImageBlockSchema,
  DocumentBlock: DocumentBlockSchema,
  ToolUseBlock: ToolUseBlockSchema,
  ToolResultBlock: ToolResultBlockSchema,
  JsonBlock: JsonBlockSchema,
  ReasoningBlock: ReasoningBlockSchema,
  RedactedReasoningBlock: RedactedReasoningBlockSchema,
  CachePointBlock: CachePointBlockSchema,
  Tool: ToolSchema,
  ToolChoice: ToolChoiceSchema,
  Answer: AnswerSchema,
  AnswerBlock: AnswerBlockSchema,
  EmbedRequest: EmbedRequestSchema,
  Embeddings: EmbeddingsSchema,
  Usage: UsageSchema,
  LimitStatus: LimitStatusSchema,
  CallsAtOnceStatus: CallsAtOnceStatusSchema,
  LimitWarning: LimitWarningSchema,
  LimitPace: LimitPaceSchema,
  StreamEvent: StreamEventSchema,
  StreamStart,
  StreamDelta,
  StreamBlockStart,
  StreamBlockDelta,
  StreamBlockEnd,
  StreamDone,
  ModelList: ModelListSchema,
  ModelSummary: ModelListSchema.shape.models._zod.def.element,
  UsageReport: UsageReportSchema,
  ErrorEnvelope: ErrorEnvelopeSchema,
  RequestIssues: RequestIssuesSchema,
  RequestIssue: RequestIssuesSchema.shape.issues._zod.def.element,
  AvailableModels: AvailableModelsSchema,
  QuotaDetails: QuotaDetailsSchema,
  RateDetails: RateDetailsSchema,
  ExcessDetails: ExcessDetailsSchema,
  OutputDetails: OutputDetailsSchema,
  UnsupportedDetails: UnsupportedDetailsSchema,
};

const uriOf = (name: string) => `#/components/schemas/${name}`;

const reference = (name: string) => ({ $ref: uriOf(name) });

/** The place in the document of one of the contract's schemas. */
export function referenceTo(schema: z.ZodMiniType): { readonly $ref: string } {
  const [name] = Object.entries(named).find(([, candidate]) => candidate === schema) ?? [];
  if (name === undefined) throw new Error('A route has a schema without a name: name it in schemas.ts.');
  return reference(name);
}

/** The current values of a field. They are not an `enum`, because a newer server may add some. */
const today = (...values: readonly string[]) => ({ 'x-extensible-enum': values });

const stopReasons = today(
  'end_turn',
  'tool_use',
  'max_tokens',
  'stop_sequence',
  'guardrail_intervened',
  'content_filtered',
);

/** Constraints that JSON Schema can express and the contract's schemas do not: by type and field, like docstrings. */
const facts: Readonly<Record<string, JsonSchema>> = {
  'AskRequest.outputSchema': {
    properties: { type: { const: 'object' } },
    anyOf: ['type', '$ref', 'allOf'].map((keyword) => ({ required: [keyword] })),
    not: { anyOf: ['anyOf', 'oneOf'].map((keyword) => ({ required: [keyword] })) },
  },
  'Answer.stopReason': stopReasons,
  'StreamDone.stopReason': stopReasons,
  'OutputDetails.stopReason': stopReasons,
  'LimitStatus.limit': today(...limitKinds),
  'LimitStatus.period': today(...limitPeriods),
  'LimitStatus.scope': today(...limitScopes),
  'LimitStatus.resetsAt': { format: 'date-time' },
  'LimitPace.limit': today(...limitKinds),
  'LimitPace.period': today(...limitPeriods),
  'LimitPace.scope': today(...limitScopes),
  'LimitPace.resetsAt': { format: 'date-time' },
  'LimitPace.lastsUntil': { format: 'date-time' },
  'LimitWarning.limit': today(...limitKinds),
  'LimitWarning.period': today(...limitPeriods),
  'LimitWarning.scope': today(...limitScopes),
  'LimitWarning.resetsAt': { format: 'date-time' },
  'QuotaDetails.limit': today(...limitKinds),
  'QuotaDetails.period': today(...limitPeriods),
  'QuotaDetails.scope': today(...limitScopes),
  'QuotaDetails.resetsAt': { format: 'date-time' },
  'RateDetails.limit': today(...limitKinds, 'callsAtOnce'),
  'RateDetails.period': today('minute'),
  'RateDetails.scope': today(...limitScopes),
  'RateDetails.resetsAt': { format: 'date-time' },
  'CallsAtOnceStatus.scope': today(...limitScopes),
  'ExcessDetails.limit': today(...limitKinds),
  'ExcessDetails.period': today(...limitPeriods),
  'ExcessDetails.scope': today(...limitScopes),
  'ModelSummary.capabilities': { items: { type: 'string', ...today(...askCapabilities) } },
  'ModelSummary.lifecycle.status': today('active', 'legacy', 'end-of-life'),
  'ModelSummary.lifecycle.endOfLife': { format: 'date' },
  'ErrorEnvelope.error.code': today(...errorCodes),
  'ErrorEnvelope.error.type': today(...new Set(errorCodes.map((code) => errors[code].type))),
  'ErrorEnvelope.error.details': {
    anyOf: [
      ...[...new Set<z.ZodMiniType>(Object.values(errorDetails))].map(referenceTo),
      { description: 'Of a code that a newer server adds.', type: 'object', additionalProperties: true },
    ],
  },
  StreamEvent: {
    discriminator: {
      propertyName: 'type',
      mapping: {
        start: uriOf('StreamStart'),
        delta: uriOf('StreamDelta'),
        block_start: uriOf('StreamBlockStart'),
        block_delta: uriOf('StreamBlockDelta'),
        block_end: uriOf('StreamBlockEnd'),
        done: uriOf('StreamDone'),
        error: uriOf('ErrorEnvelope'),
      },
    },
  },
};

/**
 * The contract's schemas as JSON Schema 2020-12, with each field described by the docstring in its type. Answers
 * may have more fields and values than those named: readers must be tolerant.
 */
export function componentSchemas(docs: DocstringOf): Record<string, JsonSchema> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries(named)) registry.add(schema, { id });
  const { schemas } = z.toJSONSchema(registry, {
    // As it goes over the wire, before a reader drops unknown fields.
    io: 'input',
    uri: uriOf,
    override: ({ jsonSchema }) => {
      // Both only repeat what holds for every JSON value.
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      delete jsonSchema.propertyNames;
    },
  });
  return Object.fromEntries(
    Object.keys(named).map((name) => {
      const { $schema: _dialect, $id: _id, ...schema } = schemas[name] ?? {};
      return [name, describe(schema, name, docs)];
    }),
  );
}

function describe(schema: JsonSchema, name: string, docs: DocstringOf): JsonSchema {
  const fields = Object.entries(schema.properties ?? {}).map(([field, property]) => [
    field,
    typeof property === 'boolean' ? property : describe(property, `${name}.${field}`, docs),
  ]);
  return {
    description: docs(name).text,
    ...schema,
    ...(schema.properties && { properties: Object.fromEntries(fields) }),
    ...facts[name],
  };
}

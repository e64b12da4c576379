import type { IncomingHttpHeaders } from 'node:http';
import type { Guardrail } from './guardrail.ts';
import type { Completion } from './model/answer.ts';
import type { Prompt } from './model/prompt.ts';
import type { AdmittedModel } from './model-access.ts';

/** A call of an operation that has come as far as the model. */
export interface OperationCall {
  readonly model: AdmittedModel;
  /** Parsed JSON. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  /** Lets the model answer, unless the guardrail steps in. */
  generate(prompt: Prompt, guardrail: Guardrail | undefined): Completion;
}

/** One event of a stream. */
export interface StreamEvent {
  readonly type: string;
  readonly payload: object;
  /** Whether it brings a piece of the answer. */
  readonly isDelta: boolean;
}

/** What an operation answers with. */
export type OperationReply = {
  /** What it costs. Left out: nothing. */
  readonly completion?: Completion | undefined;
  readonly headers?: Readonly<Record<string, string>>;
} & ({ readonly body: object } | { readonly events: readonly StreamEvent[] });

/** An operation of Bedrock's runtime. Throws a BedrockException where it refuses. */
export type Operation = (call: OperationCall) => OperationReply;

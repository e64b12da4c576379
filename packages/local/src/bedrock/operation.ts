import type { IncomingHttpHeaders } from 'node:http';
import type { Guardrail } from './guardrail.ts';
import type { Completion } from './model/answer.ts';
import type { Prompt } from './model/prompt.ts';
import type { AdmittedModel } from './model-access.ts';

/** An operation's call that has reached the model. */
export interface OperationCall {
  readonly model: AdmittedModel;
  /** Parsed JSON. */
  readonly body: unknown;
  readonly headers: IncomingHttpHeaders;
  /** Has the model answer, unless the guardrail intervenes. */
  generate(prompt: Prompt, guardrail: Guardrail | undefined): Completion;
}

/** One event of a stream. */
export interface StreamEvent {
  readonly type: string;
  readonly payload: object;
  /** Whether it has a piece of the answer. */
  readonly isDelta: boolean;
}

/** An operation's answer. */
export type OperationReply = {
  /** For the bill. Left out: the call costs nothing. */
  readonly completion?: Completion | undefined;
  readonly headers?: Readonly<Record<string, string>>;
} & ({ readonly body: object } | { readonly events: readonly StreamEvent[] });

/** An operation of Bedrock's runtime. Throws a BedrockException if it refuses the call. */
export type Operation = (call: OperationCall) => OperationReply;

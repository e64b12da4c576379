import type { Turn, Usage } from '@org/contract';
import type { Guardrail } from '../environment.ts';
import type { StructuredCall } from '../structured-output/structured-output.ts';

/** One question to one model, every choice made. */
export interface ModelCall {
  readonly modelId: string;
  readonly question: string;
  readonly system?: string | undefined;
  readonly history?: readonly Turn[] | undefined;
  readonly maxTokens: number;
  readonly temperature?: number | undefined;
  readonly topP?: number | undefined;
  readonly stop?: readonly string[] | undefined;
  readonly structured?: StructuredCall | undefined;
  readonly guardrail?: Guardrail | undefined;
  /**
   * For Bedrock's invocation logs, where an account keeps them: who asked.
   *
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
   */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface ModelReply {
  /** With a `structured` call: the JSON that the model wrote, or nothing. */
  readonly text: string;
  readonly stopReason: string;
  readonly usage: Usage;
}

/** Told each piece of the answer's text as it comes; the next is not read before its promise resolves. */
export type OnDelta = (text: string) => Promise<void>;

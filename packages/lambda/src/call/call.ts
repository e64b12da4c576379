import type { AskRequest, Usage } from '@org/contract';
import type { Guardrail } from '../environment.ts';
import type { StructuredCall } from './structured-output/structured-output.ts';

/** One question to one model, every choice made. What is not chosen here is as in the request. */
export interface ModelCall extends Readonly<Omit<AskRequest, 'model' | 'maxTokens' | 'outputSchema'>> {
  readonly modelId: string;
  readonly maxTokens: number;
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

/** Told what the call has taken by now, whenever Bedrock says it. */
export type OnUsage = (usage: Usage) => void;

/** Reads a stream that has begun, to its end. */
export type ReadStream = (onDelta: OnDelta, onUsage: OnUsage) => Promise<ModelReply>;

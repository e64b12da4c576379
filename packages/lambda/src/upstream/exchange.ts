import type { ReplyEvent } from '../call/reply.ts';
import type { Guardrail } from '../environment.ts';
import type { Json } from '../json.ts';
import type { Operation } from './operation.ts';

/** What a call is sent to, and for whom: all that its caller does not choose. */
export interface Target {
  /** A model id, an inference profile id, or the ARN of an imported model. */
  readonly modelId: string;
  readonly guardrail?: Guardrail | undefined;
  /**
   * For Bedrock's invocation logs, where an account keeps them: who asked.
   *
   * @see https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
   */
  readonly metadata: Readonly<Record<string, string>>;
}

/** One request in the words of an operation of Bedrock's, and how its answer is read. Its readers are of one answer. */
export interface Exchange {
  readonly operations: { readonly whole: Operation; readonly stream: Operation };
  /** By name, in lower case, beside the content type. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  /** What JSON is made of. */
  readonly body: object;
  /** Reads a whole answer. Throws where it is not one. */
  whole(answer: Json, header: (name: string) => string | undefined): readonly ReplyEvent[];
  /** Reads the next event of a stream. Throws where it is not one. */
  event(type: string, body: Json): readonly ReplyEvent[];
}

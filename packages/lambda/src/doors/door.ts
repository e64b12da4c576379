import type { ErrorEnvelope } from '@org/contract';
import type { AskEvent, Finished } from '../call/ask.ts';
import type { Asked } from '../call/call.ts';
import type { ChosenModel } from '../config.ts';
import type { JsonObject } from '../json.ts';
import type { Spelling } from './spelling.ts';

/** The value of a header by its name in lower case. */
export type HeaderOf = (name: string) => string | undefined;

/** A request that a door has read. */
export interface ReadRequest {
  readonly requestId: string;
  /** When it came in, by API Gateway's clock: milliseconds since 1970. */
  readonly at: number;
  /** As it came: some of it is for the door alone, such as how an answer is written. */
  readonly body: JsonObject;
}

/** The name that the caller has for the model, which need not be its alias. */
export function askedModel({ model }: JsonObject): string {
  return typeof model === 'string' ? model : '';
}

/** A whole answer, with its request. */
export interface AnswerFacts extends ReadRequest {
  readonly model: ChosenModel;
  readonly finished: Finished;
}

/** A stream in the words of a door. Of one answer. */
export interface Frames {
  /** The output for the next event; empty if there is none. */
  frame(event: AskEvent): string;
  /** The output while the model is silent. */
  readonly ping: string;
  /** Ends a stream that has begun. */
  failed(error: ErrorEnvelope): string;
}

/** An API that callers speak, around the call in the middle. Functions that read and write, and do nothing else. */
export interface Door {
  /**
   * Reads a request.
   *
   * @param header A header of it, by its name in lower case.
   * @throws {ProxyError} `invalid_request` with its issues.
   */
  parse(body: JsonObject, header: HeaderOf): Asked;
  /** The body of a whole answer. */
  answer(facts: AnswerFacts): object;
  /** This API's names for the native fields in errors. Default: the same. */
  readonly spelling?: Spelling | undefined;
  /** Left out if nothing is streamed: such a door asks only for whole answers. */
  frames?(request: ReadRequest): Frames;
}

/** The part of an API that says how many tokens a request has, without asking the model. */
export interface CountingDoor extends Pick<Door, 'spelling'> {
  /**
   * Reads a request.
   *
   * @throws {ProxyError} `invalid_request` with its issues.
   */
  parse(body: JsonObject, header: HeaderOf): Pick<Asked, 'alias' | 'call'>;
  /** The body of the answer. */
  answer(inputTokens: number): object;
}

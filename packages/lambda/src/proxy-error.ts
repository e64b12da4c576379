import { type ErrorCode, type ErrorStatement, errorDefinition } from '@org/contract';
import type { BilledTokens } from '@org/models';

/** What a service behind the proxy said of its failure, fit for the log. Never reaches the caller. */
export interface ServiceFailure {
  readonly name: string;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
  /** An unknown message, reduced to listed words: none of a caller's words outside the list is kept. */
  readonly said?: string | undefined;
}

/** What is known of an error beyond what the caller gets to know. */
export interface ErrorBackground {
  readonly failure?: ServiceFailure | undefined;
  /** Whether the model call was certainly not billed. Default: false, because an unknown bill must be expected. */
  readonly unbilled?: boolean | undefined;
  /** Whether the call may have succeeded all the same, so that trying again could be billed twice. Default: false. */
  readonly outcomeUnknown?: boolean | undefined;
  /** Whether it lasts, so that trying again soon is in vain. Default: false. */
  readonly lasts?: boolean | undefined;
  /**
   * Seconds after which the same request may be sent again. Default: the contract's, by the code, if it may be sent again
   * soon.
   */
  readonly retryAfterSeconds?: number | undefined;
  /**
   * Whether the message is the model's own, word for word: clients of its API match on what it says, so no door rewords
   * it. Default: false.
   */
  readonly quoted?: boolean | undefined;
  /** What Bedrock had counted before the call failed. It may have gone on. */
  readonly usage?: BilledTokens | undefined;
}

/** An error that is reported to the caller: a code of the contract, with what is known beyond it. */
export class ProxyError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'ProxyError';
  readonly statement: ErrorStatement<Code>;
  readonly failure: ServiceFailure | undefined;
  readonly unbilled: boolean;
  readonly quoted: boolean;
  readonly usage: BilledTokens | undefined;
  /** Whether the same request may be sent again, by the contract, unless the outcome is unknown or lasts. */
  readonly retryable: boolean;
  /** Seconds after which it may. Undefined: unknown. */
  readonly retryAfterSeconds: number | undefined;

  constructor(statement: ErrorStatement<Code>, background: ErrorBackground = {}) {
    const {
      failure,
      unbilled = false,
      quoted = false,
      outcomeUnknown = false,
      lasts = false,
      usage,
    } = background;
    const definition = errorDefinition(statement.code);
    super(statement.message ?? definition.message);
    this.statement = statement;
    this.failure = failure;
    this.unbilled = unbilled;
    this.quoted = quoted;
    this.usage = usage;
    this.retryable = definition.retryable && !outcomeUnknown && !lasts;
    this.retryAfterSeconds =
      background.retryAfterSeconds ?? (this.retryable ? definition.retryAfterSeconds : undefined);
  }

  /** The same error in other words. */
  restated(statement: ErrorStatement<Code>): ProxyError<Code> {
    const { failure, unbilled, quoted, usage, retryAfterSeconds } = this;
    const lasts = !this.retryable;
    return new ProxyError(statement, { failure, unbilled, quoted, usage, lasts, retryAfterSeconds });
  }

  hasCode<Named extends ErrorCode>(code: Named): this is ProxyError<Named> {
    const named: ErrorCode = code;
    return this.statement.code === named;
  }
}

/** A field that is not what it has to be: what is wrong with it, in words that follow its name. */
export function invalidField(path: string, message: string): ProxyError {
  return new ProxyError({
    code: 'invalid_request',
    message: `${path} ${message}.`,
    param: path,
    details: { issues: [{ path, message }] },
  });
}

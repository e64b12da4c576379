import { type ErrorCode, type ErrorStatement, errorDefinition } from '@org/contract';

/** What an upstream said of its failure, fit for the log. Never reaches the caller. */
export interface UpstreamFailure {
  readonly name: string;
  readonly status?: number | undefined;
  readonly requestId?: string | undefined;
}

/** An error that the caller is told about: a code of the contract, with what is known beyond it. */
export class ProxyError<Code extends ErrorCode = ErrorCode> extends Error {
  override readonly name = 'ProxyError';
  readonly statement: ErrorStatement<Code>;
  readonly upstream: UpstreamFailure | undefined;

  constructor(statement: ErrorStatement<Code>, upstream?: UpstreamFailure) {
    super(statement.message ?? errorDefinition(statement.code).message);
    this.statement = statement;
    this.upstream = upstream;
  }
}
